import ArgumentParser
import Market
import Strategies

struct StrategiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strategies",
    abstract: "List the strategies that a profile can name, with their parameters.")

  @OptionGroup var options: OutputOptions

  func run() throws {
    let entries = Registration.catalog.entries
    switch options.format {
    case .text:
      var out = ""
      for entry in entries {
        out += entry.name + "\n"
        for parameter in entry.parameters {
          out += "  \(parameter.name): \(parameter.form.text)\(parameter.defaultText)\n      \(parameter.help)\n"
        }
      }
      StandardOutput.write(out)
    case .json:
      let list = entries.map { entry in
        JSONText.object([
          ("name", .string(entry.name)),
          (
            "parameters",
            .array(
              entry.parameters.map { parameter in
                .object([
                  ("name", .string(parameter.name)), ("form", .string(parameter.form.text)),
                  ("default", parameter.defaultValue.map { .string($0.text) } ?? .null), ("help", .string(parameter.help)),
                ])
              })
          ),
        ])
      }
      StandardOutput.write(JSONText.array(list).text + "\n")
    }
  }
}

extension ParameterDescription {
  fileprivate var defaultText: String {
    switch defaultValue {
    case nil: ", required"
    case .absent?: ", may be left out"
    case let value?: ", default \(value.text)"
    }
  }
}

extension ParameterDescription.Form {
  fileprivate var text: String {
    switch self {
    case .integer(let range): "whole number \(range.lowerBound) … \(range.upperBound)"
    case .decimal(let range):
      "number \(FixedPoint.text(nanos: range.lowerBound)) … \(FixedPoint.text(nanos: range.upperBound))"
    case .expression: "expression"
    case .word(let words): words.joined(separator: " | ")
    case .flag: "true | false"
    }
  }
}

extension ParameterValue {
  fileprivate var text: String {
    switch self {
    case .integer(let value): String(value)
    case .decimal(let nanos): FixedPoint.text(nanos: nanos)
    case .text(let text): text
    case .flag(let flag): flag ? "true" : "false"
    case .absent: ""
    }
  }
}
