import Events
import Feeds
import Journal
import Market
import Projections

/// What `import actions` says when it is done.
struct ImportActionsOutcome {
  let report: ActionReport
  let path: String

  private var counts: [(type: CorporateActionType, count: Int)] {
    CorporateActionType.allCases.compactMap { type in
      let count = report.actions.count { $0.type == type }
      return count == 0 ? nil : (type, count)
    }
  }

  var text: String {
    var out = """
      journal   \(path)
      actions   \(report.actions.count): \(counts.map { "\($0.count) \($0.type.word)" }.joined(separator: ", "))
      symbols   \(report.symbols.joined(separator: ", "))
      from      \(report.actions[0].exDate) to \(report.actions[report.actions.count - 1].exDate)
      head      \(Hex.text(report.journal.head))

      """
    for fault in report.leftOut { out += "LEFT OUT  \(fault)\n" }
    return out
  }

  var json: JSONText {
    .object([
      ("journal", .string(path)),
      ("actions", .integer(Int64(report.actions.count))),
      ("by_type", .object(counts.map { ($0.type.word, .integer(Int64($0.count))) })),
      ("symbols", .array(report.symbols.map { .string($0) })),
      ("first_ex_date", .string("\(report.actions[0].exDate)")),
      ("last_ex_date", .string("\(report.actions[report.actions.count - 1].exDate)")),
      ("left_out", .array(report.leftOut.map { .string("\($0)") })),
      ("head", .string(Hex.text(report.journal.head))),
    ])
  }
}
