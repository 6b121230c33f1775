/// What one parameter of a strategy may be.
public struct ParameterDescription: Hashable, Sendable {
  public enum Form: Hashable, Sendable {
    /// A whole number in a closed range.
    case integer(ClosedRange<Int64>)
    /// A decimal number in units of 10⁻⁹, in a closed range of such units.
    case decimal(ClosedRange<Int64>)
    /// A rule expression.
    case expression
    /// One of these words.
    case word([String])
    case flag
  }
  public let name: String
  public let form: Form
  /// nil where the profile must give a value; `.absent` where it may be left out altogether.
  public let defaultValue: ParameterValue?
  public let help: String

  public init(_ name: String, _ form: Form, default defaultValue: ParameterValue? = nil, help: String) {
    self.name = name
    self.form = form
    self.defaultValue = defaultValue
    self.help = help
  }
}

public enum ParameterValue: Hashable, Sendable {
  case integer(Int64)
  /// Units of 10⁻⁹.
  case decimal(Int64)
  /// Text of a word or expression.
  case text(String)
  case flag(Bool)
  case absent
}

/// The values of a strategy's parameters: every described one is present with a value of its form, defaults filled in.
public struct ParameterValues: Hashable, Sendable {
  private let values: [String: ParameterValue]
  public init(_ values: [String: ParameterValue]) { self.values = values }

  public subscript(_ name: String) -> ParameterValue { values[name] ?? .absent }

  /// - Precondition: the parameter was described as an integer and is present.
  public func integer(_ name: String) -> Int64 {
    guard case .integer(let value) = self[name] else { preconditionFailure("\(name) is described as an integer") }
    return value
  }
  /// In units of 10⁻⁹.
  /// - Precondition: the parameter was described as a decimal and is present.
  public func decimal(_ name: String) -> Int64 {
    guard case .decimal(let value) = self[name] else { preconditionFailure("\(name) is described as a decimal") }
    return value
  }
  /// nil where the parameter was left out.
  public func text(_ name: String) -> String? {
    guard case .text(let value) = self[name] else { return nil }
    return value
  }
  /// - Precondition: the parameter was described as a flag and is present.
  public func flag(_ name: String) -> Bool {
    guard case .flag(let value) = self[name] else { preconditionFailure("\(name) is described as a flag") }
    return value
  }
}

/// Why parameters are refused although each alone fits its description.
public enum ParameterError: Error, Hashable, Sendable {
  /// A relation between parameters doesn't hold; the text says which, for people.
  case relation(parameter: String, requirement: String)
  /// An expression is wrong at a place within its text; line and column count from 1.
  case expression(parameter: String, line: Int, column: Int, problem: String)
}
