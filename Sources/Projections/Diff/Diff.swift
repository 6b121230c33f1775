import Events
package import Journal
import Market

/// Compares two runs by meaning.
///
/// The backbone are the instants at which inputs became known: the two journals are merged by them like two sorted lists, so an
/// instant that one run lacks shifts nothing. Within an instant, events are paired by identity (kind, what they are about, what caused
/// them; see `DiffIdentity`), the rest once more without the cause, and pairs are compared field by field, references by
/// what they refer to. What is ignored unless `isStrict` stands in `DiffIdentity.envelopeFields`; so is where a
/// run's files begin, what a venue answered, and what a process said and measured of itself.
///
/// - Complexity: linear in the events of both runs; memory bounded by the largest instant and a table of fixed size.
package func diff(
  _ left: JournalChain, _ right: JournalChain, isStrict: Bool = false,
  featureNames: (left: [StrategyFeatureNames?], right: [StrategyFeatureNames?]) = ([], [])
) throws(ProjectionError) -> RunDifference {
  try left.requireRunStart()
  try right.requireRunStart()
  var merge = try DiffMerge(left, right, isStrict: isStrict, featureNames: featureNames)
  try merge.run()
  return try merge.difference(left, right)
}

/// The two-pointer merge behind `diff`.
struct DiffMerge: ~Copyable {
  private var left: SlotReader
  private var right: SlotReader
  private var leftSlot = Slot()
  private var rightSlot = Slot()
  private var comparison: SlotComparison

  init(
    _ left: JournalChain, _ right: JournalChain, isStrict: Bool,
    featureNames: (left: [StrategyFeatureNames?], right: [StrategyFeatureNames?])
  ) throws(ProjectionError) {
    let leftReader = try SlotReader(left, isStrict: isStrict, featureNames: featureNames.left)
    let rightReader = try SlotReader(right, isStrict: isStrict, featureNames: featureNames.right)
    comparison = SlotComparison(left: leftReader.context, right: rightReader.context, isStrict: isStrict)
    self.left = leftReader
    self.right = rightReader
  }

  mutating func run() throws(ProjectionError) {
    var hasLeft = try left.next(&leftSlot)
    var hasRight = try right.next(&rightSlot)
    while hasLeft || hasRight {
      if hasLeft, !hasRight || leftSlot.key < rightSlot.key {
        comparison.leave(leftSlot, on: .left, instead: hasRight ? rightSlot.events.first?.sequence : nil)
        hasLeft = try left.next(&leftSlot)
      } else if hasRight, !hasLeft || rightSlot.key < leftSlot.key {
        comparison.leave(rightSlot, on: .right, instead: hasLeft ? leftSlot.events.first?.sequence : nil)
        hasRight = try right.next(&rightSlot)
      } else {
        try comparison.compare(leftSlot, rightSlot)
        hasLeft = try left.next(&leftSlot)
        hasRight = try right.next(&rightSlot)
      }
    }
  }

  /// Reads the causal chains of the first divergence and puts the result together.
  consuming func difference(
    _ leftFile: JournalChain, _ rightFile: JournalChain
  ) throws(ProjectionError) -> RunDifference {
    var first: RunDifference.First?
    if let mark = comparison.tally.first {
      var leftCauses = try CausalChain(leftFile, context: left.context)
      var rightCauses = try CausalChain(rightFile, context: right.context)
      var leftChain: [ChainLink] = []
      var rightChain: [ChainLink] = []
      var instead: EventText?
      if let target = mark.left ?? mark.counterpartCause { leftChain = try leftCauses.ancestorLinks(of: target) }
      if let target = mark.right ?? mark.counterpartCause { rightChain = try rightCauses.ancestorLinks(of: target) }
      if let sequence = mark.instead {
        instead =
          mark.left == nil
          ? try EventText(leftCauses.event(sequence), context: left.context)
          : try EventText(rightCauses.event(sequence), context: right.context)
      }
      first = RunDifference.First(
        kind: mark.kind, time: mark.time, left: mark.left, right: mark.right, fields: mark.fields,
        leftChain: leftChain, rightChain: rightChain, instead: instead)
    }
    return RunDifference(
      left: left.side, right: right.side, isStrict: comparison.isStrict, kinds: comparison.tally.kinds, first: first)
  }
}

extension SlotReader {
  var side: RunDifference.Side {
    RunDifference.Side(
      path: path, context: context, eventCount: eventCount, lastTime: lastTime, isComplete: endsWithRunEnded)
  }
}
