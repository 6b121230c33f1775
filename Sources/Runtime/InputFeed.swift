package import Events
package import Journal
package import Market

/// One input on its way to the reducer.
package enum Input {
  case bar(Bar)
  case corporateAction(CorporateAction, Timestamp)
  case dataPoint(DataPoint, Timestamp)
  case timer(Timer, Timestamp)
  case command(OperatorCommand, Timestamp)
}

/// The inputs of any journal, less its venue's answers: what feeds another run.
///
/// Where the run wants only some instruments, their bars are given the run's indices and each slot is put into the run's
/// instrument order; where it wants all, bars pass as they are. Bounded memory: one block and one slot.
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
  /// True once a bar at or behind `end` was seen.
  package private(set) var reachedEnd = false
  package private(set) var barsBeforeStart: UInt64 = 0

  package init(
    reader: consuming ChainReader, path: String, places: [InstrumentIndex?]?, start: Timestamp?, end: Timestamp?
  ) {
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
    guard bar.knownAt >= start, bar.knownAt < end else { return nil }
    inRun += 1
    sequence += 1
    barPosition += 1
    return bar
  }

  /// The next input, or nil behind the last.
  package mutating func next() throws(RunError) -> Input? {
    while true {
      if readyPosition < ready.count {
        readyPosition += 1
        return .bar(ready[readyPosition - 1])
      }
      if reachedEnd { return nil }
      guard run < block.runs.count else {
        guard try nextBlock() else { return flush() }
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
        barPosition += 1
        if bar.knownAt >= end {
          reachedEnd = true
          return flush()
        }
        if bar.knownAt < start {
          barsBeforeStart += 1
          continue
        }
        guard let places else { return .bar(bar) }
        collect(bar, places)
      } else if let input = try row() {
        return input
      }
    }
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
  private mutating func collect(_ bar: Bar, _ places: [InstrumentIndex?]) {
    if let place = places[bar.instrument.position] { slot.append(bar.with(instrument: place, closesSlot: false)) }
    if bar.closesSlot { release() }
  }

  private mutating func release() {
    ready.removeAll(keepingCapacity: true)
    readyPosition = 0
    if slot.isEmpty { return }
    if slot.count > 1 { slot.sort { $0.instrument < $1.instrument } }
    slot[slot.count - 1] = slot[slot.count - 1].with(instrument: slot[slot.count - 1].instrument, closesSlot: true)
    swap(&ready, &slot)
    slot.removeAll(keepingCapacity: true)
  }

  private mutating func flush() -> Input? {
    release()
    guard readyPosition < ready.count else { return nil }
    readyPosition += 1
    return .bar(ready[readyPosition - 1])
  }

  /// Takes the next row; nil where it is no input that another run can use.
  private mutating func row() throws(RunError) -> Input? {
    let own = sequence - 1
    do throws(DecodeError) {
      var rows = ByteReader(block.rows, offset: rowOffset)
      let row = try EventRow(&rows, sequence: own)
      rowOffset = rows.offset
      guard case .input(let time) = row.origin else { return nil }
      if time < start || time >= end { return nil }
      guard let input = try Input(row, time: time, sequence: own) else { return nil }
      guard let places, case .corporateAction(var action, let time) = input else { return input }
      guard let place = places[action.instrument.position] else { return nil }
      action.instrument = place
      return .corporateAction(action, time)
    } catch {
      throw .decode(error, path: path, sequence: own)
    }
  }
}

extension Input {
  /// Decodes an input row; nil for the kinds that belong to a run itself (its start and end) or to a venue.
  package init?(_ row: EventRow, time: Timestamp, sequence: UInt64) throws(DecodeError) {
    switch row.kind {
    case BarObserved.kind: self = .bar(try row.decode(BarObserved.self, sequence: sequence).bar)
    case CorporateAction.kind: self = .corporateAction(try row.decode(sequence: sequence), time)
    case DataPoint.kind: self = .dataPoint(try row.decode(sequence: sequence), time)
    case Timer.kind: self = .timer(try row.decode(sequence: sequence), time)
    case OperatorCommand.kind: self = .command(try row.decode(sequence: sequence), time)
    default: return nil
    }
  }
}
