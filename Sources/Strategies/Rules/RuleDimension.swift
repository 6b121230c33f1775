/// What a rule's number is made of, so that what an indicator remembers of it can follow a split.
enum RuleDimension: Equatable {
  /// A number of the rule's own: it fits nothing else in a sum, but zero, which fits all.
  case constant(isZero: Bool)
  case of(SeriesDimension)
  /// Of several: no ratio fits it.
  case mixed

  /// What an indicator that is given such numbers is told; nil where it has to begin anew.
  var series: SeriesDimension? {
    switch self {
    case .constant: SeriesDimension.share
    case .of(let dimension): dimension
    case .mixed: nil
    }
  }

  /// Of a sum or the lesser of two, and of two that are compared.
  static func joined(_ left: RuleDimension, _ right: RuleDimension) -> RuleDimension {
    switch (left, right) {
    case (.constant(let first), .constant(let second)): .constant(isZero: first && second)
    case (.constant(isZero: true), let other), (let other, .constant(isZero: true)): other
    // A share beside a number stays a share.
    case (.constant, .of(.share)), (.of(.share), .constant): .of(.share)
    case (.of(let first), .of(let second)): first == second ? left : .mixed
    case (.constant, .of), (.of, .constant), (.mixed, _), (_, .mixed): .mixed
    }
  }

  /// Of a product (`sign` 1) or a quotient (-1).
  static func product(_ left: RuleDimension, _ right: RuleDimension, sign: Int) -> RuleDimension {
    if case .constant = left, case .constant = right { return .constant(isZero: false) }
    guard let first = left.series, let second = right.series,
      let dimension = first.multiplied(by: second, sign: sign)
    else { return .mixed }
    return .of(dimension)
  }
}

extension RuleGraph {
  /// By node.
  var dimensions: [RuleDimension] {
    var found: [RuleDimension] = []
    found.reserveCapacity(nodes.count)
    for kind in nodes { found.append(RuleGraph.dimension(of: kind, found)) }
    return found
  }

  private static func dimension(of kind: RuleNodeKind, _ found: [RuleDimension]) -> RuleDimension {
    switch kind {
    case .constant(let value): .constant(isZero: value == 0)
    case .field(let field), .exactMean(let field, _): .of(field.dimension)
    case .onBalanceVolume: .of(.volume)
    case .averageTrueRange: .of(.price)
    case .add(let left, let right), .subtract(let left, let right), .lesser(let left, let right),
      .greater(let left, let right):
      .joined(found[left], found[right])
    case .multiply(let left, let right): .product(found[left], found[right], sign: 1)
    case .divide(let left, let right): .product(found[left], found[right], sign: -1)
    case .negate(let operand), .magnitude(let operand), .mean(let operand, _), .exponentialMean(let operand, _),
      .weightedMean(let operand, _), .deviation(let operand, _), .highest(let operand, _), .lowest(let operand, _),
      .lag(let operand, _), .macdLine(let operand, _, _):
      found[operand]
    case .score(let value, let mean, let deviation):
      .product(.joined(found[value], found[mean]), found[deviation], sign: -1)
    // Whatever it is of, it is a share; what it remembers of numbers that no ratio fits begins anew by itself.
    case .relativeStrength, .less, .lessOrEqual, .equal, .unequal, .and, .or, .not, .crossing, .isAbove, .isBelow:
      .of(.share)
    }
  }

  /// What the memory of a node is fed with.
  static func fed(_ kind: RuleNodeKind, _ found: [RuleDimension]) -> SeriesDimension? {
    switch kind {
    case .exactMean(let field, _): field.dimension
    case .crossing(let left, let right): RuleDimension.joined(found[left], found[right]).series
    default: if let operand = kind.operands.first { found[operand].series } else { SeriesDimension.share }
    }
  }
}

extension RuleField {
  var dimension: SeriesDimension { self == .volume ? .volume : .price }
}
