import Events
import Market

/// Why an order exists and what became of it: the events that led to it and those that followed, as a tree.
package struct Explanation: Sendable {
  /// One event of the tree.
  package struct Node: Sendable {
    package let event: EventText
    /// The event in words, with the numbers that decided.
    package let summary: String
    package var children: [Node]
  }

  package let context: RunContext
  /// What was asked for.
  package let sequence: UInt64
  /// The order that it belongs to; nil where it belongs to none.
  package let order: UInt64?
  /// The input that began it all.
  package let root: Node
  /// The orders in whose place the order works, the last one first.
  package let replaced: [UInt64]
  /// Of the events of the tree, the fills.
  package let fills: [FillPricing]
  /// Nil where the run's profile can't be read.
  package let formulas: FillFormulas?
}

extension Explanation {
  /// The tree for people; the event that was asked for is marked.
  package func text() -> String {
    var out = "run \(context.runID.prefix(12))\n"
    if let order { out += "order \(context.clientOrderID(order))  sequence \(order)\n" }
    for old in replaced { out += "in the place of \(context.clientOrderID(old))  sequence \(old)\n" }
    out += "\n"
    write(root, prefix: "", connector: "", isLast: true, into: &out)
    writeFills(into: &out)
    return out
  }

  private func writeFills(into out: inout String) {
    guard let formulas, !fills.isEmpty else { return }
    out += "\nhow the fills were priced, under \(formulas.convention)\n"
    for fill in fills {
      let condition = fill.rule.condition.map { " (condition \($0))" } ?? ""
      out += "  fill [\(fill.sequence)] in bar [\(fill.bar)]\n"
      out += "    rule      \(fill.rule.word)\(condition): \(fill.rule.sentence)\n"
      out +=
        "    price     \(fill.price) from \(fill.quoted), slippage \(FixedPoint.text(nanos: fill.slippage)): \(fill.slippageFormula(formulas))\n"
      out +=
        "    fee       \(FixedPoint.text(nanos: fill.fee)) \(currency(fill)): \(fill.feeFormula(formulas))\n"
    }
  }

  private func currency(_ fill: FillPricing) -> Currency {
    let instruments = context.started.instruments
    let place = fill.instrument.position
    return place < instruments.count ? instruments[place].currency : context.started.currency
  }

  private func write(_ node: Node, prefix: String, connector: String, isLast: Bool, into out: inout String) {
    let mark = node.event.sequence == sequence ? "  ◀" : ""
    out += "\(prefix)\(connector)\(node.summary)  [\(node.event.sequence)]\(mark)\n"
    let inner = connector.isEmpty ? prefix : prefix + (isLast ? "   " : "│  ")
    for (index, child) in node.children.enumerated() {
      let isLastChild = index == node.children.count - 1
      write(child, prefix: inner, connector: isLastChild ? "└─ " : "├─ ", isLast: isLastChild, into: &out)
    }
  }

  /// The same as a JSON document. Keys: `run_id`, `sequence`, `order`, `client_order_id`, `replaced`, `tree`, `convention`, `fills`; a node has `summary`,
  /// `event` (as in the JSON lines export) and `children`.
  package func json() -> String {
    var json = JSONWriter()
    json.openObject()
    json.string("run_id", context.runID)
    json.integer("sequence", sequence)
    json.integer("order", order)
    json.string("client_order_id", order.map { context.clientOrderID($0) })
    json.openArray("replaced")
    for old in replaced { json.string(nil, context.clientOrderID(old)) }
    json.closeArray()
    write(root, "tree", &json)
    json.string("convention", formulas?.convention)
    json.openArray("fills")
    for fill in fills { write(fill, &json) }
    json.closeArray()
    json.closeObject()
    return json.text()
  }

  private func write(_ fill: FillPricing, _ json: inout JSONWriter) {
    json.openObject(nil)
    json.integer("sequence", fill.sequence)
    json.integer("bar", fill.bar)
    json.string("rule", fill.rule.word)
    json.integer("condition", fill.rule.condition.map { UInt64($0) })
    json.string("rule_text", fill.rule.sentence)
    json.string("quoted", "\(fill.quoted)")
    json.string("slippage", FixedPoint.text(nanos: fill.slippage))
    json.string("slippage_formula", formulas.map { fill.slippageFormula($0) })
    json.string("price", "\(fill.price)")
    json.string("fee", FixedPoint.text(nanos: fill.fee))
    json.string("fee_currency", "\(currency(fill))")
    json.string("fee_formula", formulas.map { fill.feeFormula($0) })
    json.closeObject()
  }

  private func write(_ node: Node, _ key: StaticString?, _ json: inout JSONWriter) {
    json.openObject(key)
    json.string("summary", node.summary)
    json.event("event", node.event, context)
    json.openArray("children")
    for child in node.children { write(child, nil, &json) }
    json.closeArray()
    json.closeObject()
  }
}
