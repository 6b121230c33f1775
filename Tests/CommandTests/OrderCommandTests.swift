// Goal: what profiles can say about orders happens in runs of the built program, and is told. Method: the profiles of config/profiles, or golden ones with single
// lines changed, over the golden bars.
import Foundation
import Testing

@Suite("Orders in runs")
struct OrderCommandTests {
  private func profile(_ name: String) -> String { CommandStage.root.appending(path: "config/profiles/\(name)").path }

  @Test("follow_size.yaml changes orders that work, and explain names the chain")
  func amends() throws {
    let stage = try CommandStage()
    let run = try stage.outcome(
      "engine backtest --profile '\(profile("follow_size.yaml"))' --bars bars.zst --output run.zst && engine replay run.zst"
    )
    #expect(run.code == 0 && run.output.contains("all equal"), "\(run.output)\(run.errors)")
    let replaced = try stage.outcome("engine export run.zst --kind order_replaced").output.split(separator: "\n")
    #expect(replaced.count > 10, "\(replaced.count)")
    // A chain of at least three orders: the last one's explanation names two that it goes on for.
    let columns = replaced[0].split(separator: ",").map(String.init)
    let order = try #require(columns.firstIndex(of: "order"))
    let old = try #require(columns.firstIndex(of: "replaced"))
    let rows = replaced.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    let third = try #require(rows.first { row in rows.contains { $0[order] == row[old] } })
    let explained = try stage.outcome("engine explain run.zst \(third[order])")
    #expect(explained.code == 0)
    let second = try #require(rows.first { $0[order] == third[old] })
    for before in [third[old], second[old]] {
      #expect(explained.output.contains("  sequence \(before)\n"), "\(explained.output)")
    }
    #expect(explained.output.components(separatedBy: "in the place of").count > 2, "\(explained.output)")
  }

  @Test("decision_bars that the bars are too long for are refused by name, before anything is written")
  func decisionBars() throws {
    let stage = try CommandStage()
    let run = try stage.outcome(
      "(cat sma_cross.yaml; echo 'decision_bars: 1 h') > hour.yaml; engine backtest --profile hour.yaml --bars bars.zst --output hour.zst"
    )
    #expect(run.code == 2)
    #expect(
      run.errors.contains("bars.zst: a bar of ") && run.errors.contains("decision_bars asks for bars of 1 h"),
      "\(run.errors)")
    #expect(try stage.outcome("test -s hour.zst").code != 0)
  }

  @Test("fees of what is received leave less than was bought, and explain says how they came about")
  func feesInKind() throws {
    let stage = try CommandStage()
    let changed = "s/fees: .*/fees: {basis_points: 10, paid_in: received}/"
    let refused = try stage.outcome(
      "sed '\(changed)' sma_cross.yaml > kept.yaml; grep paid_in kept.yaml; engine backtest --profile kept.yaml --bars bars.zst --output kept.zst"
    )
    #expect(refused.code == 2)
    #expect(refused.errors.contains("is no spot crypto"), "\(refused.output)\(refused.errors)")
    let run = try stage.outcome(
      """
      (cat kept.yaml; echo 'instruments: [{symbol: ALFA, class: crypto, currency: USD, tick: 0.01, lot: 0.00000001, calendar: always}]') \
        | sed 's/^universe: .*/universe: [ALFA]/; s/time_in_force: day/time_in_force: gtc/' > coin.yaml
      engine backtest --profile coin.yaml --bars bars.zst --output coin.zst && engine replay coin.zst && engine report coin.zst
      """)
    #expect(run.code == 0 && run.output.contains("all equal"), "\(run.output)\(run.errors)")
    let explained = try stage.outcome(
      "id=$(engine export coin.zst --kind fill | grep -m 1 buy | cut -d, -f1); engine explain coin.zst $id")
    #expect(explained.output.contains("kept of what is received"), "\(explained.output)")
  }
}
