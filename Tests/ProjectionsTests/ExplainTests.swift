import Events
import Journal
import Market
import Projections
import Testing

/// Explanations of the sample run, compared whole, and asked for by every name an order has.
struct ExplainTests {
  private let names = [StrategyFeatureNames(first: "fast", second: "slow")]

  @Test("shows how an order came to be and what became of it")
  func order() throws {
    let file = try SampleRun.scenario().journal()
    let explanation = try explain(file, id: "8", featureNames: names)
    try expectGolden(explanation.text(), "explain.txt")
    try expectGolden(explanation.json(), "explain.json")
  }

  @Test(
    "explains the same order by its client order id, its fill and what the fill changed", arguments: [9, 11, 12, 13])
  func sameOrder(sequence: UInt64) throws {
    let file = try SampleRun.scenario().journal()
    let byFill = try explain(file, id: "\(sequence)")
    #expect(byFill.order == 8)
    #expect(byFill.sequence == sequence)
    let byName = try explain(file, id: "eabababababab-8")
    #expect(byName.order == 8)
    #expect(byName.json().split(separator: "\n").count == byFill.json().split(separator: "\n").count)
  }

  @Test("explains a signal that the gate refused")
  func refused() throws {
    let file = try SampleRun.scenario().journal()
    try expectGolden(explain(file, id: "16", featureNames: names).text(), "explain_refused.txt")
  }

  @Test("explains a bar by all that came of it")
  func bar() throws {
    let file = try SampleRun.scenario().journal()
    let explanation = try explain(file, id: "3")
    #expect(explanation.order == nil)
    let kinds = explanation.root.children.map { EventRegistry.name(of: $0.event.kind) }
    #expect(kinds == ["equity_marked", "signal"])
  }

  @Test("refuses a name that is no event's")
  func unknown() throws {
    let file = try SampleRun.scenario().journal()
    #expect(throws: ProjectionError.self) { try explain(file, id: "fill") }
    #expect(throws: ProjectionError.self) { try explain(file, id: "e000000000000-8") }
    #expect(throws: ProjectionError.self) { try explain(file, id: "41") }
  }
}
