import Core
import Events
package import Journal
package import Market

/// The inputs of any journal, less its venue's answers: what feeds another run.
///
/// Where the run wants only some instruments, their bars are given the run's indices and each slot is put into the run's
/// instrument order; where it wants all, bars pass as they are. Corporate actions from beside the bars are put between slots. Corporate actions, halts and reconciliation breaks of instruments that the
/// run doesn't want are left out; what people said, kills among it, is taken over whatever the run wants, because a run over a journal's inputs
/// must decide what that journal's run decided. Bounded memory: one block and one slot.
package struct InputFeed: ~Copyable {
  private var blocks: BlockStream
  private var block = DecodedBlock()
  /// Run index by journal index; nil where every instrument passes unchanged.
  private let places: [InstrumentIndex?]?
  private let start: Timestamp
  private let end: Timestamp
  private let path: String

  private var run = 0
  private var inRun = 0
  private var barPosition = 0
  private var rowOffset = 0
  private var sequence: UInt64 = 0
  private var ready: [Bar] = []
  private var readyPosition = 0
  private var slot: [Bar] = []
  /// What came inside the slot, and behind how many of its bars.
  private var held: [(barCount: Int, input: Input)] = []
  /// The same of the slot that is being handed on.
  private var readyRows: [(barCount: Int, input: Input)] = []
  private var readyRow = 0
  /// True once a bar at or behind `end` was seen.
  package private(set) var reachedEnd = false
  package private(set) var barsBeforeStart: UInt64 = 0

  /// Corporate actions and data points from beside the bars in the order of their instants, and how many of them were handed on or left out.
  private let actions: [Input]
  private let hasActions: Bool
  private let hasPoints: Bool
  private var actionCount = 0
  /// The first bar behind the next action's instant is known later than this.
  private var actionTime = Timestamp(nanos: .max)
  private var hasHandedOn = false
  /// An input of another kind that waits for the actions before it.
  private var waiting: Input?

  package init(
    reader: consuming ChainReader, path: String, places: [InstrumentIndex?]?, start: Timestamp?, end: Timestamp?,
    actions: ActionSchedule? = nil, points: PointSchedule? = nil
  ) {
    let besides =
      (actions?.entries ?? []).map { Input.corporateAction($0.action, $0.time) }
      + (points?.entries ?? []).map { Input.dataPoint($0.point, $0.time) }
    // Of one instant actions come first, and each in its own order.
    self.actions = besides.indices.sorted { (besides[$0].time, $0) < (besides[$1].time, $1) }.map { besides[$0] }
    hasActions = actions != nil
    hasPoints = points != nil
    if let first = self.actions.first { actionTime = first.time }
    blocks = BlockStream(reader)
    self.path = path
    self.places = places
    self.start = start ?? Timestamp(nanos: .min)
    self.end = end ?? Timestamp(nanos: .max)
  }

  /// The next bar, where one follows in this block that passes as it is; nil where only `next` can tell.
  ///
  /// The hot path of a run: no enum, no call into another room.
  @inline(__always)
  package mutating func nextBar() -> Bar? {
    guard places == nil, run < block.runs.count, block.runs[run].isBars, inRun < block.runs[run].count else {
      return nil
    }
    let bar = block.bars[barPosition]
    guard bar.knownAt >= start, bar.knownAt < end, bar.knownAt <= actionTime else { return nil }
    inRun += 1
    sequence += 1
    barPosition += 1
    return bar
  }

  /// The next input, or nil behind the last.
  package mutating func next() throws(RunError) -> Input? {
    while true {
      if let input = takeReady() {
        hasHandedOn = true
        return input
      }
      if let input = waiting {
        if let action = takeAction(before: input.time) { return action }
        waiting = nil
        hasHandedOn = true
        return input
      }
      if reachedEnd { return takeEnding() }
      guard run < block.runs.count else {
        guard try nextBlock() else {
          return flush() ?? takeEnding()
        }
        continue
      }
      if inRun == block.runs[run].count {
        run += 1
        inRun = 0
        continue
      }
      inRun += 1
      sequence += 1
      if block.runs[run].isBars {
        let bar = block.bars[barPosition]
        if bar.knownAt > actionTime, bar.knownAt >= start, bar.knownAt < end {
          // The slot before it ends first; the bar itself is looked at again.
          inRun -= 1
          sequence -= 1
          if !slot.isEmpty {
            release()
          } else if let action = takeAction(before: bar.knownAt) {
            return action
          }
          continue
        }
        barPosition += 1
        if bar.knownAt >= end {
          reachedEnd = true
          return flush() ?? takeEnding()
        }
        if bar.knownAt < start {
          barsBeforeStart += 1
          continue
        }
        guard let places else {
          hasHandedOn = true
          return .bar(bar)
        }
        try collect(bar, places)
      } else if let input = try row() {
        waiting = input
      }
    }
  }

  /// The next action whose instant lies before `time`; what comes before the run's first input meets nothing and is left out.
  private mutating func takeAction(before time: Timestamp) -> Input? {
    while actionCount < actions.count, actions[actionCount].time < time {
      let entry = actions[actionCount]
      advanceActions()
      if hasHandedOn, entry.time >= start { return entry }
    }
    return nil
  }

  /// Behind the last bar: what ends an instrument still does; a dividend or a data point of later is nobody's.
  private mutating func takeEnding() -> Input? {
    while actionCount < actions.count, actions[actionCount].time < end {
      let entry = actions[actionCount]
      advanceActions()
      guard case .corporateAction(let action, _) = entry else { continue }
      switch action.type {
      case .merger, .delisting, .delistingAtLast:
        if hasHandedOn { return entry }
      case .split, .cashDividend, .specialDividend, .spinOff, .symbolChange: continue
      }
    }
    return nil
  }

  private mutating func advanceActions() {
    actionCount += 1
    actionTime = actionCount < actions.count ? actions[actionCount].time : Timestamp(nanos: .max)
  }

  private mutating func nextBlock() throws(RunError) -> Bool {
    do throws(JournalError) {
      guard try blocks.next(&block) else { return false }
    } catch {
      throw .journal(error)
    }
    run = 0
    inRun = 0
    barPosition = 0
    rowOffset = 0
    sequence = block.firstSequence
    return true
  }

  /// Puts a bar into its slot; a slot is handed on in the run's order when its last bar, wanted or not, has come.
  private mutating func collect(_ bar: Bar, _ places: [InstrumentIndex?]) throws(RunError) {
    if let place = try place(of: bar.instrument, places) { slot.append(bar.with(instrument: place, closesSlot: false)) }
    if bar.closesSlot { release() }
  }

  private mutating func release() {
    ready.removeAll(keepingCapacity: true)
    readyPosition = 0
    readyRows.removeAll(keepingCapacity: true)
    readyRow = 0
    if slot.isEmpty { return }
    if held.isEmpty {
      if slot.count > 1 { slot.sort { $0.instrument < $1.instrument } }
    } else {
      sortAroundHeld()
    }
    slot[slot.count - 1] = slot[slot.count - 1].with(instrument: slot[slot.count - 1].instrument, closesSlot: true)
    swap(&ready, &slot)
    slot.removeAll(keepingCapacity: true)
  }

  /// Sorts the slot's bars before, between and behind what came inside it.
  ///
  /// That came before the slot was decided on: where the bars behind it are not wanted, it goes before the last one that is.
  private mutating func sortAroundHeld() {
    var start = 0
    for (barCount, input) in held {
      let end = min(barCount, slot.count - 1)
      slot[start..<end].sort { $0.instrument < $1.instrument }
      start = end
      readyRows.append((end, input))
    }
    slot[start...].sort { $0.instrument < $1.instrument }
    held.removeAll(keepingCapacity: true)
  }

  private mutating func flush() -> Input? {
    release()
    return takeReady()
  }

  /// The next of what was released.
  private mutating func takeReady() -> Input? {
    if readyRow < readyRows.count, readyRows[readyRow].barCount <= readyPosition {
      readyRow += 1
      return readyRows[readyRow - 1].input
    }
    guard readyPosition < ready.count else { return nil }
    readyPosition += 1
    return .bar(ready[readyPosition - 1])
  }

  /// Where the run has an instrument of the journal; nil where it doesn't want it.
  private func place(of instrument: InstrumentIndex, _ places: [InstrumentIndex?]) throws(RunError) -> InstrumentIndex?
  {
    let index = instrument.position
    guard index < places.count else {
      throw .reduce(
        .unknownInstrument(sequence: sequence - 1, index: index, count: places.count), path: path)
    }
    return places[index]
  }

  /// The input with the run's instruments; nil where it is of one that the run doesn't want.
  private func moved(_ input: Input, _ places: [InstrumentIndex?]) throws(RunError) -> Input? {
    switch input {
    case .corporateAction(var action, let time):
      guard let place = try place(of: action.instrument, places) else { return nil }
      action.instrument = place
      if let other = action.other {
        action.other = try self.place(of: other, places)
        if action.other == nil, action.price == 0 {
          throw .actionNeedsInstrument(
            symbol: "instrument \(action.instrument.position)", other: "instrument \(other.position)", path: path)
        }
      }
      return .corporateAction(action, time)
    case .halt(var halt, let time):
      // A halt of the whole market is everybody's.
      guard let instrument = halt.instrument else { return input }
      guard let place = try place(of: instrument, places) else { return nil }
      halt.instrument = place
      return .halt(halt, time)
    case .reconciliation(var difference, let time):
      guard let place = try place(of: difference.instrument, places) else { return nil }
      difference.instrument = place
      return .reconciliation(difference, time)
    case .adopted(var adopted, let time):
      // Cash is everybody's.
      guard let instrument = adopted.instrument else { return input }
      guard let place = try place(of: instrument, places) else { return nil }
      adopted.instrument = place
      return .adopted(adopted, time)
    case .bar, .dataPoint, .timer, .command, .kill, .report, .notice, .measurement: return input
    }
  }

  /// Takes the next row; nil where it is no input that another run can use.
  private mutating func row() throws(RunError) -> Input? {
    guard let input = try decodedRow() else { return nil }
    if case .corporateAction = input, hasActions { throw .actionsTwice(path: path) }
    if case .dataPoint = input, hasPoints { throw .pointsTwice(path: path) }
    guard let places else { return input }
    guard let input = try moved(input, places) else { return nil }
    guard let first = slot.first else { return input }
    if input.time > first.knownAt {
      // Nobody closed the slot; time that passes closes it, as in the reducer.
      release()
      readyRows.append((ready.count, input))
    } else {
      held.append((slot.count, input))
    }
    return nil
  }

  private mutating func decodedRow() throws(RunError) -> Input? {
    let own = sequence - 1
    do throws(DecodeError) {
      var rows = ByteReader(block.rows, offset: rowOffset)
      let row = try EventRow(&rows, sequence: own)
      rowOffset = rows.offset
      guard case .input(let time) = row.origin else { return nil }
      if time < start || time >= end { return nil }
      let input = try Input(row, time: time, sequence: own)
      switch input {
      // What a venue answered, and what the process said of itself, belongs to the run that it was said to.
      case .report, .notice, .measurement: return nil
      case .bar, .corporateAction, .dataPoint, .timer, .command, .kill, .halt, .reconciliation, .adopted, nil:
        return input
      }
    } catch {
      throw .decode(error, path: path, sequence: own)
    }
  }
}
