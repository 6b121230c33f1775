import Events
import Market

/// Pairs and compares the events of one instant of two runs.
struct SlotComparison: ~Copyable {
  enum Side {
    case left
    case right
  }

  /// The events of one side that the quick comparison left, decoded.
  private struct Rest {
    var events: [SlotEvent] = []
    var fields: [FieldList] = []
    var counterparts: [Int?] = []
  }

  let isStrict: Bool
  private let leftContext: RunContext
  private let rightContext: RunContext
  /// True where an instrument's and a strategy's number mean the same in both runs.
  private let hasEqualTables: Bool
  private var alignment = DiffAlignment()
  private(set) var tally = DiffTally()

  init(left: RunContext, right: RunContext, isStrict: Bool) {
    leftContext = left
    rightContext = right
    self.isStrict = isStrict
    hasEqualTables =
      left.started.instruments == right.started.instruments && left.started.strategies == right.started.strategies
  }

  /// Counts a whole slot as one that only one run has.
  mutating func leave(_ slot: Slot, on side: Side, instead: UInt64?) {
    for event in slot.events {
      switch side {
      case .left:
        alignment.leaveLeft(event.sequence)
        tally.countLeftOnly(event.kind)
      case .right:
        alignment.leaveRight(event.sequence)
        tally.countRightOnly(event.kind)
      }
    }
    guard let first = slot.events.first else { return }
    tally.note(
      DiffTally.Mark(
        kind: first.kind, time: first.time, left: side == .left ? first.sequence : nil,
        right: side == .right ? first.sequence : nil, fields: [], counterpartCause: nil, instead: instead))
  }

  mutating func compare(_ left: Slot, _ right: Slot) throws(ProjectionError) {
    let common = min(left.events.count, right.events.count)
    var index = 0
    while index < common {
      let (leftEvent, rightEvent) = (left.events[index], right.events[index])
      guard try isPlainlyEqual(leftEvent, left, rightEvent, right) else { break }
      pair(leftEvent, rightEvent)
      tally.countEqual(leftEvent.kind)
      try closeOrder(leftEvent, left)
      index += 1
    }
    if index < left.events.count || index < right.events.count { try compareRest(left, right, from: index) }
  }

  // MARK: The quick comparison

  /// Bars by value, rows by bytes: true only where a field by field comparison would find the same.
  private func isPlainlyEqual(
    _ leftEvent: SlotEvent, _ left: Slot, _ rightEvent: SlotEvent, _ right: Slot
  ) throws(ProjectionError) -> Bool {
    guard leftEvent.kind == rightEvent.kind, hasEqualTables else { return false }
    if isStrict, leftEvent.sequence != rightEvent.sequence { return false }
    if let leftBar = leftEvent.bar {
      guard let rightBar = rightEvent.bar else { return false }
      return isStrict ? leftBar == rightBar : isSameBar(leftBar, rightBar)
    }
    guard leftEvent.bytes.count == rightEvent.bytes.count,
      left.bytes[leftEvent.bytes] == right.bytes[rightEvent.bytes]
    else { return false }
    guard let leftCause = leftEvent.cause, let rightCause = rightEvent.cause else { return true }
    let isInStep = alignment.isInStep(leftEvent.sequence, rightEvent.sequence)
    if isInStep, alignment.lockstepSince == 0 { return true }
    if !(isInStep && leftCause >= alignment.lockstepSince), !alignment.isSame(left: leftCause, right: rightCause) {
      return false
    }
    let leftReferences = try left.body(leftEvent).references
    if leftReferences.isEmpty { return true }
    let rightReferences = try right.body(rightEvent).references
    return zip(leftReferences, rightReferences).allSatisfy { alignment.isSame(left: $0, right: $1) }
  }

  private func isSameBar(_ left: Bar, _ right: Bar) -> Bool {
    left.instrument == right.instrument && left.openTime == right.openTime
      && left.durationNanos == right.durationNanos && left.open == right.open && left.high == right.high
      && left.low == right.low && left.close == right.close && left.volume == right.volume
      && left.isHistorical == right.isHistorical
  }

  // MARK: Pairing by identity

  private mutating func compareRest(_ left: Slot, _ right: Slot, from index: Int) throws(ProjectionError) {
    var leftRest = try rest(of: left, from: index)
    var rightRest = try rest(of: right, from: index)
    // Unpaired until paired: what an older event left at these places of the table must not be read.
    for event in leftRest.events { alignment.leaveLeft(event.sequence) }
    for event in rightRest.events { alignment.leaveRight(event.sequence) }
    pairRest(&leftRest, &rightRest, isExact: true)
    pairRest(&leftRest, &rightRest, isExact: false)

    var firstMark: (position: Int, mark: DiffTally.Mark)?
    for (position, event) in leftRest.events.enumerated() {
      guard let other = leftRest.counterparts[position] else {
        tally.countLeftOnly(event.kind)
        if firstMark == nil {
          let instead = position < rightRest.events.count ? rightRest.events[position].sequence : nil
          let mark = DiffTally.Mark(
            kind: event.kind, time: event.time, left: event.sequence, right: nil, fields: [],
            counterpartCause: counterpartCause(of: event, in: left, alignment.left), instead: instead)
          firstMark = (position, mark)
        }
        continue
      }
      let counterpart = rightRest.events[other]
      let differences = differences(event, leftRest.fields[position], counterpart, rightRest.fields[other])
      try closeOrder(event, left)
      if differences.isEmpty {
        tally.countEqual(event.kind)
        continue
      }
      tally.countChanged(event.kind)
      if firstMark == nil {
        let mark = DiffTally.Mark(
          kind: event.kind, time: event.time, left: event.sequence, right: counterpart.sequence, fields: differences,
          counterpartCause: nil, instead: nil)
        firstMark = (position, mark)
      }
    }
    for (position, event) in rightRest.events.enumerated() where rightRest.counterparts[position] == nil {
      tally.countRightOnly(event.kind)
      if firstMark.map({ position < $0.position }) ?? true {
        let instead = position < leftRest.events.count ? leftRest.events[position].sequence : nil
        let mark = DiffTally.Mark(
          kind: event.kind, time: event.time, left: nil, right: event.sequence, fields: [],
          counterpartCause: counterpartCause(of: event, in: right, alignment.right), instead: instead)
        firstMark = (position, mark)
      }
    }
    if let firstMark { tally.note(firstMark.mark) }
  }

  private func rest(of slot: Slot, from index: Int) throws(ProjectionError) -> Rest {
    var rest = Rest()
    for event in slot.events[index...] {
      var list = FieldList()
      try slot.body(event).list(into: &list)
      rest.events.append(event)
      rest.fields.append(list)
      rest.counterparts.append(nil)
    }
    return rest
  }

  private mutating func pairRest(_ left: inout Rest, _ right: inout Rest, isExact: Bool) {
    var waiting: [String: [Int]] = [:]
    // Backwards, so that the first of equal ones is taken off the end first.
    for index in right.events.indices.reversed() where right.counterparts[index] == nil {
      let event = right.events[index]
      let key = DiffIdentity.key(
        kind: event.kind, cause: event.cause, fields: right.fields[index], context: rightContext, isExact: isExact
      ) { target in
        alignment.right.counterpart(of: target) == .forgotten ? "forgotten" : "\(target)"
      }
      waiting[key, default: []].append(index)
    }
    for index in left.events.indices where left.counterparts[index] == nil {
      let event = left.events[index]
      let key = DiffIdentity.key(
        kind: event.kind, cause: event.cause, fields: left.fields[index], context: leftContext, isExact: isExact
      ) { target in
        switch alignment.left.counterpart(of: target) {
        case .event(let counterpart): "\(counterpart)"
        case .none: "none"
        case .forgotten: "forgotten"
        }
      }
      guard let other = waiting[key]?.popLast() else { continue }
      left.counterparts[index] = other
      right.counterparts[other] = index
      pair(event, right.events[other])
    }
  }

  private mutating func pair(_ left: SlotEvent, _ right: SlotEvent) {
    alignment.pair(left.sequence, right.sequence)
    if left.kind == OrderIntent.kind { alignment.openOrder(left.sequence, right.sequence) }
  }

  private mutating func closeOrder(_ event: SlotEvent, _ slot: Slot) throws(ProjectionError) {
    switch event.kind {
    case OrderRejected.kind: alignment.closeOrder(left: try slot.decode(OrderRejected.self, event).order.sequence)
    case OrderCancelled.kind: alignment.closeOrder(left: try slot.decode(OrderCancelled.self, event).order.sequence)
    case OrderExpired.kind: alignment.closeOrder(left: try slot.decode(OrderExpired.self, event).order.sequence)
    case Fill.kind:
      let fill = try slot.decode(Fill.self, event)
      if fill.leaves == .zero { alignment.closeOrder(left: fill.order.sequence) }
    default: return
    }
  }

  // MARK: Comparing a pair

  private func differences(
    _ left: SlotEvent, _ leftFields: FieldList, _ right: SlotEvent, _ rightFields: FieldList
  ) -> [RunDifference.FieldDifference] {
    var found: [RunDifference.FieldDifference] = []
    func add(_ name: String, _ leftValue: FieldValue, _ rightValue: FieldValue) {
      found.append(
        RunDifference.FieldDifference(
          name: name, left: leftValue.text(leftContext), right: rightValue.text(rightContext)))
    }
    if isStrict, left.sequence != right.sequence {
      add("sequence", .sequence(left.sequence), .sequence(right.sequence))
    }
    if isStrict, left.time != right.time { add("time", .time(left.time), .time(right.time)) }
    let leftCause = left.cause.map { FieldValue.sequence($0) } ?? .absent
    let rightCause = right.cause.map { FieldValue.sequence($0) } ?? .absent
    if !isSame(leftCause, rightCause) { add("cause", leftCause, rightCause) }
    let ignored = isStrict ? [] : DiffIdentity.envelopeFields(of: left.kind)
    for field in leftFields.fields where !ignored.contains(field.name) {
      let other = rightFields[field.name] ?? .absent
      if !isSame(field.value, other) { add(field.name, field.value, other) }
    }
    for field in rightFields.fields where !ignored.contains(field.name) && leftFields[field.name] == nil {
      add(field.name, .absent, field.value)
    }
    return found
  }

  private func isSame(_ left: FieldValue, _ right: FieldValue) -> Bool {
    switch (left, right) {
    case (.sequence(let leftTarget), .sequence(let rightTarget)):
      isStrict ? leftTarget == rightTarget : alignment.isSame(left: leftTarget, right: rightTarget)
    case (.instrument, .instrument), (.strategy, .strategy): left.text(leftContext) == right.text(rightContext)
    default: left == right
    }
  }

  /// The nearest cause of an unpaired event that the other run has, as its sequence there.
  private func counterpartCause(
    of event: SlotEvent, in slot: Slot, _ table: DiffAlignment.SideTable
  ) -> UInt64? {
    var cause = event.cause
    while let target = cause {
      if case .event(let counterpart) = table.counterpart(of: target) { return counterpart }
      cause = slot.events.first { $0.sequence == target }?.cause
    }
    return nil
  }
}
