import Events
import Journal
import Market

/// A seeded mix of bars and rows as a run might journal them, and the same events as a reader must give them back.
struct EventMix {
  enum Step {
    case bar(Bar)
    /// Rows that follow each other, each an input with its own time or derived from an earlier event.
    case rows([Row])
  }

  enum Row {
    case timer(UInt64, time: Timestamp)
    case point(String, Int64, time: Timestamp)
    case signal(cause: UInt64, strength: Int64)
    case fill(cause: UInt64, order: UInt64, bar: UInt64, price: Int64, fee: Int128)
  }

  struct Expected: Equatable {
    let sequence: UInt64
    let time: Timestamp
    let bar: Bar?
    let row: [UInt8]
  }

  private(set) var steps: [Step] = []
  private(set) var expected: [Expected] = []

  /// - Parameter isExtreme: prices, volumes and durations anywhere in 64 bits instead of whole cents.
  init(seed: UInt64, eventCount: Int, instrumentCount: Int = 3, isExtreme: Bool = false) {
    var random = SplitMix64(seed: seed)
    var sequence: UInt64 = 0
    var time: Int64 = isExtreme ? -(1 << 62) : 1_577_836_800_000_000_000
    let buffer = RowBuffer()
    while sequence < UInt64(eventCount) {
      if random.next(below: 3) > 0 {
        time += random.next(below: 4) == 0 ? 0 : 60_000_000_000
        let bar = EventMix.bar(&random, knownAt: time, instrumentCount: instrumentCount, isExtreme: isExtreme)
        steps.append(.bar(bar))
        expected.append(Expected(sequence: sequence, time: Timestamp(nanos: time), bar: bar, row: []))
        sequence += 1
        continue
      }
      var rows: [Row] = []
      for _ in 0...random.next(below: 4) {
        let row = EventMix.row(&random, sequence: sequence, time: &time)
        rows.append(row)
        let bytes = buffer.bytes(of: row, sequence: sequence)
        expected.append(Expected(sequence: sequence, time: Timestamp(nanos: time), bar: nil, row: bytes))
        sequence += 1
      }
      steps.append(.rows(rows))
    }
  }

  private static func row(_ random: inout SplitMix64, sequence: UInt64, time: inout Int64) -> Row {
    // Event 0 has nothing before it that could have caused it.
    let choice = sequence == 0 ? random.next(below: 2) : random.next(below: 4)
    switch choice {
    case 0:
      time += random.next(below: 1_000)
      return .timer(random.next() >> UInt64(random.next(below: 64)), time: Timestamp(nanos: time))
    case 1:
      let name = String(repeating: "σ", count: Int(random.next(below: 40)))
      return .point(name, random.next(below: 1 << 40), time: Timestamp(nanos: time))
    case 2:
      return .signal(cause: UInt64(random.next(below: Int64(sequence))), strength: random.next(below: 1_000_000))
    default:
      return .fill(
        cause: UInt64(random.next(below: Int64(sequence))), order: UInt64(random.next(below: Int64(sequence))),
        bar: sequence - 1, price: random.next(below: 1 << 50), fee: Int128(random.next(below: 1 << 60)) * 1_000_000_007)
    }
  }

  private static func bar(
    _ random: inout SplitMix64, knownAt: Int64, instrumentCount: Int, isExtreme: Bool
  ) -> Bar {
    let instrument = InstrumentIndex(Int(random.next(below: Int64(instrumentCount))))
    let sources = BarSource.allCases
    let source = random.next(below: 20) == 0 ? sources[Int(random.next(below: Int64(sources.count)))] : .file
    var prices = (0..<4).map { _ in random.next(below: 100_000) * 10_000_000 }
    var volume = random.next(below: 5_000) * 1_000_000_000
    var duration: Int64 = 60_000_000_000
    if isExtreme {
      prices = prices.map { _ in EventMix.extreme(&random) }
      volume = EventMix.extreme(&random).magnitude > UInt64(Int64.max) ? 0 : abs(EventMix.extreme(&random))
      duration = max(1, Int64(random.next() >> 3) >> random.next(below: 60))
    }
    prices.sort()
    let openFirst = random.next(below: 2) == 0
    do {
      return try Bar(
        instrument: instrument, openTime: Timestamp(nanos: knownAt - duration), durationNanos: duration,
        open: Price(nanos: prices[openFirst ? 1 : 2]), high: Price(nanos: prices[3]), low: Price(nanos: prices[0]),
        close: Price(nanos: prices[openFirst ? 2 : 1]), volume: Quantity(nanos: volume), source: source,
        isHistorical: random.next(below: 8) == 0, closesSlot: random.next(below: 3) > 0)
    } catch {
      fatalError("the mix makes bars that hold: \(error)")
    }
  }

  /// Mostly the ends of the range and numbers around powers of two and ten.
  private static func extreme(_ random: inout SplitMix64) -> Int64 {
    switch random.next(below: 6) {
    case 0: Int64.max
    case 1: -Int64.max
    case 2: 0
    case 3: FixedPoint.powerOfTen(Int(random.next(below: 19)))
    case 4: 1 << random.next(below: 63)
    default: max(Int64(bitPattern: random.next()), -Int64.max)
    }
  }

  /// Appends everything from event `first` on, which must begin a step.
  func append(to writer: inout JournalWriter, from first: UInt64 = 0) throws {
    var buffer = EventBuffer()
    var sequence: UInt64 = 0
    for step in steps {
      switch step {
      case .bar(let bar):
        if sequence >= first { try writer.append(bar) }
        sequence += 1
      case .rows(let rows):
        buffer.clear(nextSequence: max(sequence, first))
        for row in rows {
          if sequence >= first { RowBuffer.append(row, to: &buffer) }
          sequence += 1
        }
        try writer.append(buffer)
      }
    }
  }

  /// The sealed journal of the mix.
  func journal(options: JournalOptions = JournalOptions()) throws -> (bytes: [UInt8], summary: JournalSummary) {
    let file = MemoryFile()
    var writer = try JournalWriter(file: file, options: options)
    try append(to: &writer)
    let summary = try writer.seal()
    return (file.bytes, summary)
  }
}

/// Encodes single rows.
final class RowBuffer {
  private var buffer = EventBuffer()

  func bytes(of row: EventMix.Row, sequence: UInt64) -> [UInt8] {
    buffer.clear(nextSequence: sequence)
    RowBuffer.append(row, to: &buffer)
    return buffer.rows.array
  }

  static func append(_ row: EventMix.Row, to buffer: inout EventBuffer) {
    switch row {
    case .timer(let number, let time): buffer.append(Timer(number: number), time: time)
    case .point(let name, let value, let time): buffer.append(DataPoint(series: name, value: value), time: time)
    case .signal(let cause, let strength):
      buffer.append(
        Signal(
          strategy: 1, instrument: InstrumentIndex(2), direction: .long, strength: strength, confidence: 1_000_000,
          reason: .crossedAbove, firstFeature: strength * 1_000, secondFeature: -strength), cause: cause)
    case .fill(let cause, let order, let bar, let price, let fee):
      buffer.append(
        Fill(
          order: OrderID(sequence: order), bar: bar, instrument: InstrumentIndex(0), side: .buy,
          quantity: Quantity(nanos: 5), price: Price(nanos: price), fee: fee, slippage: 0, leaves: .zero,
          liquidity: .taker, rule: .marketAtOpen), cause: cause)
    }
  }
}

extension EventMix.Expected {
  init(_ event: JournalEvent) {
    switch event.content {
    case .bar(let bar): self.init(sequence: event.sequence, time: event.time, bar: bar, row: [])
    case .row(_, _, _, let bytes): self.init(sequence: event.sequence, time: event.time, bar: nil, row: bytes)
    }
  }
}

/// Every event of a journal from where the reader stands.
func rest(of reader: inout JournalReader) throws -> [EventMix.Expected] {
  var events: [EventMix.Expected] = []
  while let event = try reader.next() { events.append(EventMix.Expected(event)) }
  return events
}

/// Events of a journal held in memory.
func events(of bytes: [UInt8]) throws -> [EventMix.Expected] {
  var reader = try JournalReader(file: MemoryFile(bytes: bytes))
  return try rest(of: &reader)
}
