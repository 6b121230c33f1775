import Events
import Journal
import Market

/// One event as the cursor shows it. A row's bytes are those of the cursor's block: valid until its next step.
struct CursorEvent {
  enum Content {
    case bar(Bar)
    case row(EventRow)
  }

  let sequence: UInt64
  let time: Timestamp
  let content: Content

  var kind: EventKind {
    switch content {
    case .bar: BarObserved.kind
    case .row(let row): row.kind
    }
  }

  /// The causing event's sequence; nil for an input.
  var cause: UInt64? {
    guard case .row(let row) = content, case .derived(let cause) = row.origin else { return nil }
    return cause
  }

  func body() throws(ProjectionError) -> any EventBody {
    switch content {
    case .bar(let bar): return BarObserved(bar)
    case .row(let row):
      do throws(DecodeError) { return try row.decodeAny(sequence: sequence) } catch {
        throw .decode(error, sequence: sequence)
      }
    }
  }

  /// - Precondition: the event is a row of this kind.
  func decode<Body: EventBody>(_ type: Body.Type) throws(ProjectionError) -> Body {
    guard case .row(let row) = content else { throw .decode(.inconsistent("kind"), sequence: sequence) }
    do throws(DecodeError) { return try row.decode(type, sequence: sequence) } catch {
      throw .decode(error, sequence: sequence)
    }
  }
}

/// Walks a journal, of one file or several, from its first event to its last, holding one block at a time; allocates nothing an event.
struct EventCursor: ~Copyable {
  private var reader: ChainReader
  private var block = DecodedBlock()
  private var runIndex = 0
  private var leftInRun = 0
  private var isBarRun = false
  private var barIndex = 0
  private var rowOffset = 0
  private var time = Timestamp(nanos: 0)
  private(set) var nextSequence: UInt64
  let chain: JournalChain

  init(_ chain: JournalChain) throws(ProjectionError) {
    self.chain = chain
    nextSequence = chain.first.summary.firstSequence
    do throws(JournalError) { reader = try ChainReader(chain) } catch { throw .journal(error) }
  }

  /// Events read so far.
  var eventCount: UInt64 { nextSequence - chain.first.summary.firstSequence }
  var summary: JournalSummary { reader.summary }
  /// Time of the last event read.
  var lastTime: Timestamp { time }

  mutating func next() throws(ProjectionError) -> CursorEvent? {
    while leftInRun == 0 {
      if runIndex < block.runs.count {
        leftInRun = block.runs[runIndex].count
        isBarRun = block.runs[runIndex].isBars
        runIndex += 1
        continue
      }
      let hasBlock: Bool
      do throws(JournalError) { hasBlock = try reader.nextBlock(&block) } catch { throw .journal(error) }
      if !hasBlock { return nil }
      runIndex = 0
      barIndex = 0
      rowOffset = 0
    }
    leftInRun -= 1
    let sequence = nextSequence
    nextSequence += 1
    if isBarRun {
      let bar = block.bars[barIndex]
      barIndex += 1
      time = bar.knownAt
      return CursorEvent(sequence: sequence, time: time, content: .bar(bar))
    }
    var bytes = ByteReader(block.rows, offset: rowOffset)
    let row: EventRow
    do throws(DecodeError) { row = try EventRow(&bytes, sequence: sequence) } catch {
      throw .decode(error, sequence: sequence)
    }
    rowOffset = bytes.offset
    if case .input(let inputTime) = row.origin { time = inputTime }
    return CursorEvent(sequence: sequence, time: time, content: .row(row))
  }

}

extension JournalChain {
  /// - Throws: where the run's first file is missing.
  func requireRunStart() throws(ProjectionError) {
    do throws(ChainError) { try requireStart() } catch { throw .chain(error) }
  }
}
