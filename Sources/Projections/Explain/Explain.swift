import Events
package import Journal
import Market

/// Explains an event of a run: the causes that led to its order, read by seeking, and all that followed, read forwards
/// until the order is done.
///
/// - Parameter id: a sequence, or a client order id of this run. An order's acceptance, fill or end explains the order, as does
///   what a fill changed.
/// - Parameter featureNames: what the strategies call the two numbers of their signals, by strategy.
/// - Parameter formulas: how the run prices its fills, where its profile can be read.
/// - Throws: `identifierUnknown`, `sequenceBeyondEnd`, or what reading the journal throws.
package func explain(
  _ chain: JournalChain, id: String, featureNames: [StrategyFeatureNames?] = [], formulas: FillFormulas? = nil
) throws(ProjectionError) -> Explanation {
  let context = RunContext(chain, featureNames: featureNames)
  guard let sequence = ClientOrderID.sequence(of: id, runID: context.started.runID) ?? UInt64(id) else {
    throw .identifierUnknown(id)
  }
  var tree = try CausalTree(chain, context: context)
  return try tree.explanation(of: sequence, formulas)
}

/// Gathers the events around one order and hangs them below their causes.
struct CausalTree: ~Copyable {
  private var chain: CausalChain
  private var summary: EventSummary
  /// In journal order; an event's parent stands before it.
  private var gathered: [(event: JournalEvent, body: any EventBody, parent: UInt64?)] = []
  private var known: Set<UInt64> = []

  init(_ journal: JournalChain, context: RunContext) throws(ProjectionError) {
    summary = EventSummary(context: context)
    chain = try CausalChain(journal, context: context)
  }

  mutating func explanation(of sequence: UInt64, _ formulas: FillFormulas?) throws(ProjectionError) -> Explanation {
    let order = try order(of: sequence)
    let anchor = order ?? sequence
    var parent: UInt64?
    for event in try chain.ancestors(of: anchor) {
      gather(event, try event.anyBody(), parent: parent)
      parent = event.sequence
    }
    try gatherDescendants(of: anchor)
    try readFillBars()
    let fills = gathered.compactMap { entry in
      (entry.body as? Fill).map { FillPricing($0, sequence: entry.event.sequence) }
    }
    return Explanation(
      context: chain.context, sequence: sequence, order: order, root: tree(), replaced: try replaced(by: order),
      fills: fills, formulas: formulas)
  }

  /// The orders in whose place an order works, back to the first of the chain.
  private mutating func replaced(by order: UInt64?) throws(ProjectionError) -> [UInt64] {
    var chain: [UInt64] = []
    var current = order
    while let intent = current {
      current = nil
      guard intent + 1 < self.chain.nextSequence,
        let terms = try self.chain.event(intent + 1).anyBody() as? OrderTerms, terms.order.sequence == intent
      else { break }
      current = terms.replaces?.sequence
      if let current { chain.append(current) }
    }
    return chain
  }

  /// The order that an event is, speaks of, or follows from by way of a fill.
  private mutating func order(of sequence: UInt64) throws(ProjectionError) -> UInt64? {
    for event in try chain.ancestors(of: sequence).reversed() {
      if event.kind == OrderIntent.kind { return event.sequence }
      var list = FieldList()
      try event.anyBody().list(into: &list)
      if let order = EventText.order(kind: event.kind, sequence: event.sequence, list) { return order }
    }
    return nil
  }

  private mutating func gather(_ event: JournalEvent, _ body: any EventBody, parent: UInt64?) {
    gathered.append((event, body, parent))
    if body is RiskDecision, let cause = event.cause,
      let signal = gathered.last(where: { $0.event.sequence == cause })?.body as? Signal
    {
      summary.strategies[event.sequence] = signal.strategy
    }
    known.insert(event.sequence)
  }

  /// Reads on behind `anchor` until the instant is over and the orders that came from it are done.
  ///
  /// Orders that a fill placed (stops, targets) are shown but not followed: each has its own explanation.
  private mutating func gatherDescendants(of anchor: UInt64) throws(ProjectionError) {
    let first = try chain.event(anchor)
    var working: Set<UInt64> = first.kind == OrderIntent.kind ? [anchor] : []
    var followed: Set<UInt64> = [anchor]
    let start = first.time
    while let event = try chain.next() {
      if event.cause == nil {
        if working.isEmpty, event.time > start { return }
        continue
      }
      let body = try event.anyBody()
      guard let cause = event.cause else { continue }
      let target = body.references.first { working.contains($0) || followed.contains($0) }
      guard let parent = target ?? (followed.contains(cause) ? cause : nil) else { continue }
      gather(event, body, parent: parent)
      switch body {
      case is OrderIntent:
        if gathered.contains(where: { $0.event.sequence == cause && $0.event.kind == Fill.kind }) { continue }
        working.insert(event.sequence)
      case let fill as Fill: if fill.leaves == .zero { working.remove(fill.order.sequence) }
      case let end as OrderRejected: working.remove(end.order.sequence)
      case let end as OrderCancelled: working.remove(end.order.sequence)
      case let end as OrderExpired: working.remove(end.order.sequence)
      default: break
      }
      followed.insert(event.sequence)
    }
  }

  private mutating func readFillBars() throws(ProjectionError) {
    for (event, body, _) in gathered {
      guard let fill = body as? Fill else { continue }
      if case .bar(let bar) = try chain.event(fill.bar).content { summary.fillBars[event.sequence] = bar }
    }
  }

  private func tree() -> Explanation.Node {
    // From the last to the first: by the time an event is made, all its children are.
    var children: [UInt64: [Explanation.Node]] = [:]
    var node: Explanation.Node?
    for (event, body, parent) in gathered.reversed() {
      let text = EventText(
        sequence: event.sequence, time: event.time, kind: event.kind, cause: event.cause, body: body,
        context: chain.context)
      let made = Explanation.Node(
        event: text, summary: summary.text(body, sequence: event.sequence, time: event.time),
        children: children[event.sequence, default: []].reversed())
      if let parent { children[parent, default: []].append(made) }
      node = made
    }
    guard let node else { preconditionFailure("an event is its own last ancestor") }
    return node
  }
}
