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
}

extension Explanation {
  /// The tree for people; the event that was asked for is marked.
  package func text() -> String {
    var out = "run \(context.runID.prefix(12))\n"
    if let order { out += "order \(context.clientOrderID(order))  sequence \(order)\n" }
    out += "\n"
    write(root, prefix: "", connector: "", isLast: true, into: &out)
    return out
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

  /// The same as a JSON document. Keys: `run_id`, `sequence`, `order`, `client_order_id`, `tree`; a node has `summary`, `event`
  /// (as in the JSON lines export) and `children`.
  package func json() -> String {
    var json = JSONWriter()
    json.openObject()
    json.string("run_id", context.runID)
    json.integer("sequence", sequence)
    json.integer("order", order)
    json.string("client_order_id", order.map { context.clientOrderID($0) })
    write(root, "tree", &json)
    json.closeObject()
    return json.text()
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
