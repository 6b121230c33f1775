package import Market

/// Where a row stands.
package struct RowPlace: Hashable, Sendable {
  package let path: String
  package let line: Int
}

/// Turns the lines of text files into bars, one file after another, without allocating for a good row.
///
/// Rows of one symbol must come in increasing time over all files. A bad row is listed with its place and left out.
struct RowParser: ~Copyable {
  /// The last good row of a symbol.
  private struct Track: BitwiseCopyable {
    var openNanos: Int64 = .min
    var knownNanos: Int64 = .min
    var fileIndex = 0
    var line = 0
  }

  private let specification: ImportSpecification
  private let source: BarSource
  private let delimiterLanes: UInt64
  private let timeFormat: TimeFormat
  private let priceDecimals: Int
  private let rounds: Bool
  private let needsVolume: Bool
  private let firstInstrument: InstrumentIndex

  private var layout: RowLayout?
  private var times = TimeField()
  private var dates = TimeField()
  private(set) var clock: BarClock
  private(set) var symbols: SymbolTable
  private var tracks: [Track]
  private var paths: [String] = []
  /// The day in the file's name, where rows hold a time of day alone.
  private var fileDay: Int64 = 0
  /// Offset of the byte behind each field of the row at hand.
  private let ends: UnsafeMutablePointer<Int>

  private(set) var lineCount = 0
  private(set) var rowCount = 0
  private(set) var blankLineCount = 0
  private(set) var notWantedCount = 0
  private(set) var badRows: BadRowList

  /// - Parameter instrument: the index of bars where the file has no symbol column; with one, indices follow `symbols`.
  init(
    _ specification: ImportSpecification, instrument: InstrumentIndex, wantedSymbols: [String] = [], source: BarSource
  ) {
    self.specification = specification
    self.source = source
    delimiterLanes = UInt64(specification.delimiter) &* 0x0101_0101_0101_0101
    timeFormat = specification.timeFormat
    priceDecimals = specification.priceDecimals
    rounds = specification.excessDecimals == .round
    needsVolume = specification.missingVolume == .refuse
    firstInstrument = instrument
    clock = BarClock(specification)
    symbols = SymbolTable(wanted: wantedSymbols)
    tracks = [Track](repeating: Track(), count: max(1, wantedSymbols.count))
    ends = .allocate(capacity: RowLimits.fieldCountMax + 1)
    badRows = BadRowList()
  }

  deinit { ends.deallocate() }

  /// Goes on with another file.
  mutating func beginFile(path: String, layout: RowLayout, day: Int64, linesBefore: Int) {
    paths.append(path)
    self.layout = layout
    fileDay = day
    lineCount = linesBefore
  }

  /// Reads lines until the text or the room for bars ends.
  ///
  /// - Parameter text: whole lines, each ended by a line feed; eight more bytes behind it may be read.
  /// - Returns: how many bytes were read and how many bars made.
  mutating func parse(
    _ text: UnsafeRawBufferPointer, hasQuotes: Bool, into bars: UnsafeMutablePointer<Bar>, barCountMax: Int
  ) throws(ImportError) -> (bytes: Int, bars: Int) {
    guard let start = text.baseAddress, let layout else { return (0, 0) }
    let bytes = start.assumingMemoryBound(to: UInt8.self)
    var offset = 0
    var barCount = 0
    while offset < text.count, barCount < barCountMax {
      let rowStart = offset
      let fieldCount = hasQuotes ? splitQuoted(bytes, rowStart) : split(bytes, rowStart)
      let lineEnd = ends[min(fieldCount, RowLimits.fieldCountMax) - 1]
      offset = lineEnd &+ 1
      lineCount &+= 1
      if lineEnd > rowStart, bytes[lineEnd &- 1] == UInt8(ascii: "\r") {
        ends[min(fieldCount, RowLimits.fieldCountMax) - 1] = lineEnd &- 1
      }
      if fieldCount == 1, ends[0] == rowStart {
        blankLineCount &+= 1
        continue
      }
      rowCount &+= 1
      do throws(RowProblem) {
        if let bar = try bar(bytes, rowStart, fieldCount, layout, hasQuotes) {
          (bars + barCount).initialize(to: bar)
          barCount &+= 1
        } else {
          notWantedCount &+= 1
        }
      } catch {
        if case .tooManySymbols = error { throw .tooManySymbols(limit: RowLimits.instrumentCountMax) }
        note(error, bytes, rowStart, fieldCount, hasQuotes)
      }
    }
    return (offset, barCount)
  }

  // MARK: One row

  /// - Returns: nil where the row's symbol isn't wanted.
  @inline(__always)
  private mutating func bar(
    _ bytes: UnsafePointer<UInt8>, _ rowStart: Int, _ fieldCount: Int, _ layout: RowLayout, _ hasQuotes: Bool
  ) throws(RowProblem) -> Bar? {
    guard fieldCount <= RowLimits.fieldCountMax else { throw .tooManyFields }
    guard fieldCount >= layout.fieldCountMin else { throw .fieldMissing }
    var track = 0
    if layout.symbol >= 0 {
      let (start, end) = field(layout.symbol, bytes, rowStart, hasQuotes)
      let text = UnsafeBufferPointer(start: bytes + start, count: end &- start).trimmingBlanks
      switch symbols.find(text) {
      case .index(let index): track = index
      case .notWanted: return nil
      case .invalid: throw .symbolInvalid
      case .tooMany: throw .tooManySymbols
      }
      while tracks.count <= track { tracks.append(Track()) }
    }

    let (timeStart, timeEnd) = field(layout.time, bytes, rowStart, hasQuotes)
    guard var parts = times.read(bytes + timeStart, count: timeEnd &- timeStart, as: timeFormat) else {
      throw .notATime(.time)
    }
    if layout.date >= 0 {
      let (start, end) = field(layout.date, bytes, rowStart, hasQuotes)
      guard let format = specification.dateFormat,
        let date = dates.read(bytes + start, count: end &- start, as: format)
      else { throw .notATime(.date) }
      parts.day = date.day
    } else if timeFormat.content == .timeOfDay {
      parts.day = fileDay
    }
    guard let interval = clock.interval(parts) else { throw .timeOutOfRange }

    let open = try price(layout.open, .open, bytes, rowStart, hasQuotes)
    let high = try price(layout.high, .high, bytes, rowStart, hasQuotes)
    let low = try price(layout.low, .low, bytes, rowStart, hasQuotes)
    let close = try price(layout.close, .close, bytes, rowStart, hasQuotes)
    var volume: Int64 = 0
    if layout.volume >= 0 {
      let (start, end) = layout.volume < fieldCount ? field(layout.volume, bytes, rowStart, hasQuotes) : (0, 0)
      if start < end {
        volume = try decimal(.volume, bytes + start, end &- start, impliedDecimals: 0)
      } else if needsVolume {
        throw .empty(.volume)
      }
    }

    if interval.openNanos < tracks[track].knownNanos { throw .order(interval.openNanos, track: track) }
    let bar: Bar
    do throws(BarError) {
      bar = try Bar(
        instrument: InstrumentIndex(firstInstrument.position &+ track), openTime: Timestamp(nanos: interval.openNanos),
        durationNanos: interval.durationNanos, open: Price(nanos: open), high: Price(nanos: high),
        low: Price(nanos: low), close: Price(nanos: close), volume: Quantity(nanos: volume), source: source)
    } catch {
      throw .bar(error, open: open, high: high, low: low, close: close)
    }
    tracks[track].openNanos = interval.openNanos
    tracks[track].knownNanos = interval.openNanos &+ interval.durationNanos
    tracks[track].line = lineCount
    tracks[track].fileIndex = paths.count &- 1
    return bar
  }

  @inline(__always)
  private func price(
    _ place: Int, _ role: ColumnRole, _ bytes: UnsafePointer<UInt8>, _ rowStart: Int, _ hasQuotes: Bool
  ) throws(RowProblem) -> Int64 {
    let (start, end) = field(place, bytes, rowStart, hasQuotes)
    return try decimal(role, bytes + start, end &- start, impliedDecimals: priceDecimals)
  }

  @inline(__always)
  private func decimal(
    _ role: ColumnRole, _ bytes: UnsafePointer<UInt8>, _ count: Int, impliedDecimals: Int
  ) throws(RowProblem) -> Int64 {
    let nanos = DecimalField.plainNanos(bytes, count: count, impliedDecimals: impliedDecimals)
    if nanos != .min { return nanos }
    return try unusualDecimal(role, UnsafeBufferPointer(start: bytes, count: count), impliedDecimals: impliedDecimals)
  }

  @inline(never)
  private func unusualDecimal(
    _ role: ColumnRole, _ bytes: UnsafeBufferPointer<UInt8>, impliedDecimals: Int
  ) throws(RowProblem) -> Int64 {
    if bytes.trimmingBlanks.isEmpty { throw .empty(role) }
    do throws(FixedPointError) {
      return try DecimalField.nanos(bytes, impliedDecimals: impliedDecimals, rounds: rounds)
    } catch {
      switch error {
      case .noDigits, .unexpectedByte: throw .notADecimal(role)
      case .tooPrecise: throw .tooPrecise(role)
      case .outOfRange: throw .outOfRange(role)
      }
    }
  }

  // MARK: Fields

  /// Finds the delimiters of the line at `start`, eight bytes at a time, and returns the number of fields.
  @inline(__always)
  private func split(_ bytes: UnsafePointer<UInt8>, _ start: Int) -> Int {
    var count = 0
    var offset = start
    while true {
      let word = UnsafeRawPointer(bytes + offset).loadUnaligned(as: UInt64.self)
      var hits = Lanes.zeroBytes(word ^ delimiterLanes) | Lanes.zeroBytes(word ^ Lanes.lineFeeds)
      while hits != 0 {
        let place = offset &+ hits.trailingZeroBitCount &>> 3
        // Fields beyond the limit are counted; the last place always holds the line's end.
        ends[min(count, RowLimits.fieldCountMax &- 1)] = place
        count &+= 1
        if bytes[place] == UInt8(ascii: "\n") { return count }
        hits &= hits &- 1
      }
      offset &+= 8
    }
  }

  /// As `split`, minding quotes; text with any takes this slower way.
  private func splitQuoted(_ bytes: UnsafePointer<UInt8>, _ start: Int) -> Int {
    var count = 0
    var offset = start
    var isQuoted = false
    while true {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == UInt8(ascii: "\n") || (byte == specification.delimiter && !isQuoted) {
        ends[min(count, RowLimits.fieldCountMax - 1)] = offset
        count += 1
        if byte == UInt8(ascii: "\n") { return count }
      }
      offset += 1
    }
  }

  @inline(__always)
  private func field(
    _ place: Int, _ bytes: UnsafePointer<UInt8>, _ rowStart: Int, _ hasQuotes: Bool
  ) -> (start: Int, end: Int) {
    var start = place == 0 ? rowStart : ends[place &- 1] &+ 1
    var end = ends[place]
    if hasQuotes, end &- start >= 2, bytes[start] == UInt8(ascii: "\""), bytes[end &- 1] == UInt8(ascii: "\"") {
      start &+= 1
      end &-= 1
    }
    return (start, end)
  }
}

/// Comparisons of eight bytes at once.
private enum Lanes {
  static let lineFeeds: UInt64 = 0x0a0a_0a0a_0a0a_0a0a

  /// The top bit of each byte of `word` that is zero, exactly (Hacker's Delight, 6–1).
  @inline(__always)
  static func zeroBytes(_ word: UInt64) -> UInt64 {
    let low: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
    return ~(((word & low) &+ low) | word | low)
  }
}

// MARK: - What was wrong

/// Why a row failed, without text: made on the hot path, put into words on the cold one.
private enum RowProblem: Error, BitwiseCopyable {
  case tooManyFields
  case fieldMissing
  case empty(ColumnRole)
  case notADecimal(ColumnRole)
  case tooPrecise(ColumnRole)
  case outOfRange(ColumnRole)
  case notATime(ColumnRole)
  case timeOutOfRange
  case symbolInvalid
  case tooManySymbols
  case order(Int64, track: Int)
  case bar(BarError, open: Int64, high: Int64, low: Int64, close: Int64)
}

extension RowParser {
  @inline(never)
  private mutating func note(
    _ problem: RowProblem, _ bytes: UnsafePointer<UInt8>, _ rowStart: Int, _ fieldCount: Int, _ hasQuotes: Bool
  ) {
    guard let layout, let path = paths.last else { return }
    let line = lineCount
    func text(_ role: ColumnRole) -> String {
      let place = layout.place(of: role)
      if place < 0 || place >= fieldCount { return "" }
      let (start, end) = field(place, bytes, rowStart, hasQuotes)
      return ShownText.of(UnsafeBufferPointer(start: bytes + start, count: end - start))
    }
    let fault: RowFault
    switch problem {
    case .tooManyFields: fault = .tooManyFields(limit: RowLimits.fieldCountMax)
    case .fieldMissing:
      let role = layout.firstRole(beyond: fieldCount)
      fault = .fieldMissing(role, position: layout.place(of: role) + 1, fieldCount: fieldCount)
    case .empty(let role): fault = .empty(role)
    case .notADecimal(let role): fault = .notADecimal(role, text: text(role))
    case .tooPrecise(let role): fault = .tooPrecise(role, text: text(role))
    case .outOfRange(let role): fault = .outOfRange(role, text: text(role))
    case .notATime(let role):
      let format = role == .date ? specification.dateFormat ?? timeFormat : timeFormat
      fault = text(role).isEmpty ? .empty(role) : .notATime(role, text: text(role), format: format)
    case .timeOutOfRange:
      let role: ColumnRole = layout.date >= 0 ? .date : .time
      fault = .timeOutOfRange(role, text: text(role))
    case .symbolInvalid: fault = text(.symbol).isEmpty ? .empty(.symbol) : .symbolInvalid(text: text(.symbol))
    case .tooManySymbols: return
    case .order(let nanos, let track): fault = orderFault(openTime: Timestamp(nanos: nanos), tracks[track])
    case .bar(let error, let open, let high, let low, let close):
      fault = RowParser.barFault(
        error, open: Price(nanos: open), high: Price(nanos: high), low: Price(nanos: low), close: Price(nanos: close),
        time: text(.time))
    }
    badRows.append(BadRow(path: path, line: line, fault: fault))
  }

  private func orderFault(openTime: Timestamp, _ track: Track) -> RowFault {
    let previous = RowPlace(path: paths[track.fileIndex], line: track.line)
    if openTime.nanos == track.openNanos { return .duplicate(openTime: openTime, previous: previous) }
    if openTime.nanos < track.openNanos {
      return .outOfOrder(openTime: openTime, previousOpen: Timestamp(nanos: track.openNanos), previous: previous)
    }
    return .overlaps(openTime: openTime, previousClose: Timestamp(nanos: track.knownNanos), previous: previous)
  }

  private static func barFault(
    _ error: BarError, open: Price, high: Price, low: Price, close: Price, time: String
  ) -> RowFault {
    switch error {
    case .highBelow:
      if high < open { return .highBelow(.open, high: high, other: open) }
      if high < close { return .highBelow(.close, high: high, other: close) }
      return .highBelow(.low, high: high, other: low)
    case .lowAbove:
      return low > open ? .lowAbove(.open, low: low, other: open) : .lowAbove(.close, low: low, other: close)
    case .volumeNegative(let nanos): return .volumeNegative(Quantity(nanos: nanos))
    case .durationNotPositive, .timeOutOfRange: return .timeOutOfRange(.time, text: time)
    }
  }
}

/// A wrong text as an error shows it: short, and without bytes that would upset a terminal.
enum ShownText {
  static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    var text = ""
    for scalar in String(decoding: bytes.prefix(RowLimits.shownTextMax * 4), as: UTF8.self).unicodeScalars {
      if text.unicodeScalars.count == RowLimits.shownTextMax { return text + "…" }
      let isVisible = scalar.value >= 0x20 && scalar.value != 0x7f && !(0x80..<0xa0).contains(scalar.value)
      text.unicodeScalars.append(isVisible ? scalar : "\u{fffd}")
    }
    return text
  }
}
