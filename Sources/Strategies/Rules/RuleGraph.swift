import Market

/// The place of a node in a graph, and of its value among the registers.
typealias RuleNode = Int

/// What a node computes from earlier ones. Equal kinds over equal nodes are one node, so each subexpression is computed once a bar.
enum RuleNodeKind: Hashable, Sendable {
  case constant(Double)
  case field(RuleField)
  case onBalanceVolume
  case add(RuleNode, RuleNode)
  case subtract(RuleNode, RuleNode)
  case multiply(RuleNode, RuleNode)
  case divide(RuleNode, RuleNode)
  case negate(RuleNode)
  case magnitude(RuleNode)
  case lesser(RuleNode, RuleNode)
  case greater(RuleNode, RuleNode)
  /// A value, a mean, a deviation.
  case score(RuleNode, RuleNode, RuleNode)
  case less(RuleNode, RuleNode)
  case lessOrEqual(RuleNode, RuleNode)
  case equal(RuleNode, RuleNode)
  case unequal(RuleNode, RuleNode)
  case and(RuleNode, RuleNode)
  case or(RuleNode, RuleNode)
  case not(RuleNode)
  /// Both directions of a crossing share what they remember.
  case crossing(RuleNode, RuleNode)
  case isAbove(RuleNode)
  case isBelow(RuleNode)
  case exactMean(RuleField, Int)
  case mean(RuleNode, Int)
  case exponentialMean(RuleNode, Int)
  case weightedMean(RuleNode, Int)
  case relativeStrength(RuleNode, Int)
  case deviation(RuleNode, Int)
  case highest(RuleNode, Int)
  case lowest(RuleNode, Int)
  case lag(RuleNode, Int)
  case macdLine(RuleNode, fast: Int, slow: Int)
  case averageTrueRange(Int)
}

extension RuleNodeKind {
  /// The nodes it reads, in order.
  var operands: [RuleNode] {
    switch self {
    case .constant, .field, .onBalanceVolume, .exactMean, .averageTrueRange: []
    case .negate(let operand), .magnitude(let operand), .not(let operand), .isAbove(let operand),
      .isBelow(let operand), .mean(let operand, _), .exponentialMean(let operand, _), .weightedMean(let operand, _),
      .relativeStrength(let operand, _), .deviation(let operand, _), .highest(let operand, _),
      .lowest(let operand, _), .lag(let operand, _), .macdLine(let operand, _, _):
      [operand]
    case .add(let first, let second), .subtract(let first, let second), .multiply(let first, let second),
      .divide(let first, let second), .lesser(let first, let second), .greater(let first, let second),
      .less(let first, let second), .lessOrEqual(let first, let second), .equal(let first, let second),
      .unequal(let first, let second), .and(let first, let second), .or(let first, let second),
      .crossing(let first, let second):
      [first, second]
    case .score(let value, let mean, let deviation): [value, mean, deviation]
    }
  }
}

/// The nodes of a strategy's rules in an order in which each stands behind those it reads.
struct RuleGraph: Sendable {
  /// More is refused, so that a program's size is bounded.
  static let countMax = 2_000

  private(set) var nodes: [RuleNodeKind] = []
  private var places: [RuleNodeKind: RuleNode] = [:]

  var isFull: Bool { nodes.count > RuleGraph.countMax }

  /// The node that computes this: an earlier equal one, else a new one. Arithmetic on constants is done at once.
  mutating func node(_ kind: RuleNodeKind) -> RuleNode {
    let kind = folded(kind)
    if let place = places[kind] { return place }
    nodes.append(kind)
    places[kind] = nodes.count - 1
    return nodes.count - 1
  }

  mutating func constant(_ value: Double) -> RuleNode { node(.constant(value)) }

  /// The value of a node that is the same on every bar.
  func constantValue(_ node: RuleNode) -> Double? {
    if case .constant(let value) = nodes[node] { return value }
    return nil
  }

  /// For each node whether `roots` are computed from it, themselves included.
  func needed(for roots: [RuleNode]) -> [Bool] {
    var isNeeded = Array(repeating: false, count: nodes.count)
    for root in roots { isNeeded[root] = true }
    for node in nodes.indices.reversed() where isNeeded[node] {
      for operand in nodes[node].operands { isNeeded[operand] = true }
    }
    return isNeeded
  }

  private func folded(_ kind: RuleNodeKind) -> RuleNodeKind {
    let value: Double?
    switch kind {
    case .add(let left, let right): value = both(left, right, +)
    case .subtract(let left, let right): value = both(left, right, -)
    case .multiply(let left, let right): value = both(left, right, *)
    case .divide(let left, let right): value = both(left, right, /)
    case .negate(let operand): value = constantValue(operand).map { -$0 }
    case .magnitude(let operand): value = constantValue(operand).map(\.magnitude)
    case .lesser(let left, let right): value = both(left, right) { min($0, $1) }
    case .greater(let left, let right): value = both(left, right) { max($0, $1) }
    case .constant, .field, .onBalanceVolume, .score, .less, .lessOrEqual, .equal, .unequal, .and, .or, .not,
      .crossing, .isAbove, .isBelow, .exactMean, .mean, .exponentialMean, .weightedMean, .relativeStrength,
      .deviation, .highest, .lowest, .lag, .macdLine, .averageTrueRange:
      value = nil
    }
    // What is not finite is left to each bar, where it makes the rule false.
    guard let value, value.isFinite else { return kind }
    return .constant(value)
  }

  private func both(_ left: RuleNode, _ right: RuleNode, _ combine: (Double, Double) -> Double) -> Double? {
    guard let first = constantValue(left), let second = constantValue(right) else { return nil }
    return combine(first, second)
  }
}
