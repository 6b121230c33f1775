import Events
import Foundation
import Market
import Projections
import Runtime

/// A comparison of run and venue, as text or JSON.
enum ReconciliationView {
  /// What a running engine answers.
  private struct Answer: Decodable {
    struct Row: Decodable {
      var subject: String
      var id: String?
      var name: String
      var ours: String
      var theirs: String
      var verdict: String
    }

    var venueTime: String
    var agrees: Bool
    var complete: Bool
    var ordersCompared: Int
    var fillsFound: Int
    var leftOff: Int
    var rows: [Row]

    private enum CodingKeys: String, CodingKey {
      case agrees, complete, rows
      case venueTime = "venue_time"
      case ordersCompared = "orders_compared"
      case fillsFound = "fills_found"
      case leftOff = "left_off"
    }
  }

  /// - Returns: whether run and venue agree.
  /// - Throws: what the run refused.
  static func write(_ answer: RunningEngine.Answer, _ options: OutputOptions) throws -> Bool {
    guard answer.ok else { throw Failure((answer.error ?? answer.line) + ".") }
    let table: Answer
    do {
      table = try JSONDecoder().decode(Answer.self, from: Foundation.Data(answer.line.utf8))
    } catch {
      throw Failure(
        "what the run answered can't be read: \(answer.line.prefix(200)); use the engine that it was started with.")
    }
    switch options.format {
    case .json: StandardOutput.write(answer.line + "\n")
    case .text: StandardOutput.write(text(table))
    }
    return table.agrees
  }

  private static func text(_ table: Answer) -> String {
    var text =
      "compared  at \(table.venueTime) by the venue's clock\(table.complete ? "" : ", of a list that was cut")\n"
      + "orders    \(table.ordersCompared) compared, \(table.fillsFound) fills found\n"
      + "result    \(table.agrees ? "run and venue agree" : "run and venue differ, or something is in doubt")\n"
    if !table.rows.isEmpty {
      var rows = TextTable([.left, .left, .left, .right, .right, .left])
      rows.add("what", "of", "id", "here", "at the venue", "verdict")
      for row in table.rows {
        rows.add(
          row.subject.replacing("_", with: " "), row.name, row.id ?? "", row.ours.isEmpty ? "-" : row.ours,
          row.theirs.isEmpty ? "-" : row.theirs, row.verdict)
      }
      text += "\n" + rows.text
    }
    if table.leftOff > 0 { text += "and \(table.leftOff) more\n" }
    return text
  }

  // MARK: From the journal

  static func write(_ last: LastReconciliation, path: String, _ options: OutputOptions) {
    let symbols = last.start.instruments.map(\.symbol)
    switch options.format {
    case .text:
      var text = "journal   \(path), nobody answers for it\n"
      if let sequence = last.sequence, let time = last.time {
        text +=
          "compared  at \(time), event \(sequence)\norders    \(last.ordersCompared) compared, \(last.fillsFound) fills found\n"
          + "result    run and venue \(last.agrees ? "agreed" : "differed")\n"
      } else {
        text += "compared  never\n"
      }
      for told in last.told {
        text += "found     event \(told.sequence) at \(told.time): \(sentence(told.difference, symbols))\n"
      }
      StandardOutput.write(text)
    case .json:
      StandardOutput.write(
        JSONText.object([
          ("run_id", .string(Hex.text(last.start.runID))), ("running", .flag(false)),
          ("sequence", last.sequence.map { .number("\($0)") } ?? .null),
          ("time", last.time.map { .string("\($0)") } ?? .null), ("agrees", .flag(last.isSettled)),
          ("orders_compared", .integer(last.ordersCompared)), ("fills_found", .integer(last.fillsFound)),
          (
            "found",
            .array(
              last.told.map {
                .object([
                  ("sequence", .number("\($0.sequence)")), ("time", .string("\($0.time)")),
                  ("text", .string(sentence($0.difference, symbols))),
                ])
              })
          ),
        ]).text + "\n")
    }
  }

  private static func sentence(_ difference: LastReconciliation.Difference, _ symbols: [String]) -> String {
    switch difference {
    case .position(let instrument, let ours, let theirs):
      "\(symbols[instrument.position]) here \(ours), at the venue \(theirs)"
    case .adopted(let instrument, let quantity, let price):
      "\(quantity) \(symbols[instrument.position]) adopted at \(price)"
    case .adoptedCash(let nanos): "cash of \(FixedPoint.text(nanos: nanos)) adopted"
    case .foreign(.foreignOrder, let words): "an order that this run didn't send: \(words)"
    case .foreign(_, let words): words
    }
  }
}
