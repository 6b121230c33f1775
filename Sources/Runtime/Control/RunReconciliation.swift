package import Brokers
package import Events
import Market

/// How a run and its venue compare, for whoever asked.
package struct RunReconciliation: Sendable {
  package var start: RunStarted
  package var table: ReconciliationTable

  /// Why a run on paper has none.
  static let simulated =
    "its venue is the simulated one, so there is nothing to compare; `engine replay` recomputes its answers"

  /// Rows of an answer: more don't go through a socket at once.
  private static let rowsMax = 500

  package init(start: RunStarted, table: ReconciliationTable) {
    self.start = start
    self.table = table
  }

  /// One line; where not all rows fit, those that agree are left out first, and counted.
  package var json: String {
    var rows = table.rows
    if rows.count > RunReconciliation.rowsMax { rows = rows.filter { $0.verdict != .agrees } }
    rows = Array(rows.prefix(RunReconciliation.rowsMax))
    let shown = rows.map { row in
      let (subject, id) = words(row.subject)
      return #"{"subject":"\#(subject)","id":\#(id.map(\.jsonQuoted) ?? "null"),"name":\#(row.name.jsonQuoted),"#
        + #""ours":\#(row.ours.jsonQuoted),"theirs":\#(row.theirs.jsonQuoted),"verdict":"\#(row.verdict.rawValue)"}"#
    }
    return #"{"ok":true,"request":"reconcile","run_id":"\#(Hex.text(start.runID))","venue_time":"\#(table.venueTime)","#
      + #""agrees":\#(table.agrees),"complete":\#(table.isComplete),"orders_compared":\#(table.ordersCompared),"#
      + #""fills_found":\#(table.fillsFound),"left_off":\#(table.rows.count - rows.count),"#
      + #""rows":[\#(shown.joined(separator: ","))]}"#
  }

  private func words(_ subject: ReconciliationRow.Subject) -> (String, id: String?) {
    switch subject {
    case .order(let id): ("order", id)
    case .foreignOrder(let client, let venue): ("foreign_order", "\(client), \(venue) at the venue")
    case .position: ("position", nil)
    case .cash: ("cash", nil)
    case .foreignBalance: ("foreign_balance", nil)
    }
  }
}
