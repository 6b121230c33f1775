import Market

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
  private let fields: RowFields

  private(set) var lineCount = 0
  private(set) var rowCount = 0
  private(set) var blankLineCount = 0
  private(set) var notWantedCount = 0
  /// Bars whose volume is zero because none was given.
  private(set) var withoutVolumeCount = 0
  private(set) var badRows: BadRowList
  /// Rows that were read well, but whose bars lie outside their calendar's sessions.
  private(set) var outsideRows = BadRowList()
  private let keepsOutsideRows: Bool

  /// - Parameter instrument: the index of bars where the file has no symbol column; with one, indices follow `symbols`.
  init(
    _ specification: ImportSpecification, instrument: InstrumentIndex, wantedSymbols: [String] = [], source: BarSource
  ) {
    self.specification = specification
    self.source = source
    timeFormat = specification.timeFormat
    priceDecimals = specification.priceDecimals
    rounds = specification.excessDecimals == .round
    needsVolume = specification.missingVolume == .refuse
    keepsOutsideRows = specification.outsideSession == .flag
    firstInstrument = instrument
    clock = BarClock(specification)
    symbols = SymbolTable(wanted: wantedSymbols)
    tracks = [Track](repeating: Track(), count: max(1, wantedSymbols.count))
    fields = RowFields(delimiter: specification.delimiter)
    badRows = BadRowList()
  }

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
      let (fieldCount, nextRow) = hasQuotes ? fields.splitQuoted(bytes, rowStart) : fields.split(bytes, rowStart)
      offset = nextRow
      lineCount &+= 1
      if fieldCount == 1, fields.isEmptyLine(rowStart) {
        blankLineCount &+= 1
        continue
      }
      rowCount &+= 1
      do throws(RowProblem) {
        if try read(bytes, rowStart, fieldCount, layout, hasQuotes, into: bars + barCount) {
          barCount &+= 1
        } else {
          notWantedCount &+= 1
        }
      } catch {
        if error == .tooManySymbols { throw .tooManySymbols(limit: RowLimits.instrumentCountMax) }
        note(error, bytes, rowStart, fieldCount, hasQuotes)
      }
    }
    return (offset, barCount)
  }

  // MARK: One row

  /// Initialises `bar` from the row at hand.
  ///
  /// In place, and with an error of two bytes: passing both by value cost a third of the parser's time.
  /// - Returns: false, and no bar, where the row's symbol isn't wanted.
  @inline(__always)
  private mutating func read(
    _ bytes: UnsafePointer<UInt8>, _ rowStart: Int, _ fieldCount: Int, _ layout: RowLayout, _ hasQuotes: Bool,
    into bar: UnsafeMutablePointer<Bar>
  ) throws(RowProblem) -> Bool {
    guard fieldCount <= RowLimits.fieldCountMax else { throw .tooManyFields }
    guard fieldCount >= layout.fieldCountMin else { throw .fieldMissing }
    var track = 0
    if layout.symbol >= 0 {
      let (start, end) = fields.range(layout.symbol, bytes, rowStart, hasQuotes)
      let text = UnsafeBufferPointer(start: bytes + start, count: end &- start).trimmingBlanks
      switch symbols.find(text) {
      case .index(let index): track = index
      case .notWanted: return false
      case .invalid: throw .symbolInvalid
      case .tooMany: throw .tooManySymbols
      }
      while tracks.count <= track { tracks.append(Track()) }
    }

    let interval = try interval(bytes, rowStart, layout, hasQuotes)
    let decimals = priceDecimals
    let rounds = rounds
    let open = try RowParser.decimal(
      .open, bytes, fields.range(layout.open, bytes, rowStart, hasQuotes), impliedDecimals: decimals, rounds: rounds)
    let high = try RowParser.decimal(
      .high, bytes, fields.range(layout.high, bytes, rowStart, hasQuotes), impliedDecimals: decimals, rounds: rounds)
    let low = try RowParser.decimal(
      .low, bytes, fields.range(layout.low, bytes, rowStart, hasQuotes), impliedDecimals: decimals, rounds: rounds)
    let close = try RowParser.decimal(
      .close, bytes, fields.range(layout.close, bytes, rowStart, hasQuotes), impliedDecimals: decimals, rounds: rounds)
    var volume: Int64 = 0
    if layout.volume >= 0 {
      let (start, end) = layout.volume < fieldCount ? fields.range(layout.volume, bytes, rowStart, hasQuotes) : (0, 0)
      if start < end {
        volume = try RowParser.decimal(.volume, bytes, (start, end), impliedDecimals: 0, rounds: rounds)
      } else if needsVolume {
        throw .empty(.volume)
      }
    }

    if interval.openNanos < tracks[track].knownNanos { throw .order(track: track) }
    do throws(BarError) {
      bar.initialize(
        to: try Bar(
          instrument: InstrumentIndex(firstInstrument.position &+ track),
          openTime: Timestamp(nanos: interval.openNanos), durationNanos: interval.durationNanos,
          open: Price(nanos: open), high: Price(nanos: high), low: Price(nanos: low), close: Price(nanos: close),
          volume: Quantity(nanos: volume), source: source))
    } catch {
      throw .impossibleBar
    }
    if clock.isOutsideSession(interval) {
      if !keepsOutsideRows { throw .outsideSession }
      noteOutside(interval)
    }
    // Asked only of zeros: one more value kept until here costs every row.
    if volume == 0, layout.volume < 0 || !hasVolume(bytes, rowStart, fieldCount, layout, hasQuotes) {
      withoutVolumeCount &+= 1
    }
    tracks[track].openNanos = interval.openNanos
    tracks[track].knownNanos = interval.openNanos &+ interval.durationNanos
    tracks[track].line = lineCount
    tracks[track].fileIndex = paths.count &- 1
    return true
  }

  @inline(never)
  private func hasVolume(
    _ bytes: UnsafePointer<UInt8>, _ rowStart: Int, _ fieldCount: Int, _ layout: RowLayout, _ hasQuotes: Bool
  ) -> Bool {
    guard layout.volume < fieldCount else { return false }
    let (start, end) = fields.range(layout.volume, bytes, rowStart, hasQuotes)
    return start < end
  }

  @inline(__always)
  private mutating func interval(
    _ bytes: UnsafePointer<UInt8>, _ rowStart: Int, _ layout: RowLayout, _ hasQuotes: Bool
  ) throws(RowProblem) -> BarInterval {
    let (timeStart, timeEnd) = fields.range(layout.time, bytes, rowStart, hasQuotes)
    guard var parts = times.read(bytes + timeStart, count: timeEnd &- timeStart, as: timeFormat) else {
      throw .notATime(.time)
    }
    if layout.date >= 0 {
      let (start, end) = fields.range(layout.date, bytes, rowStart, hasQuotes)
      guard let format = specification.dateFormat,
        let date = dates.read(bytes + start, count: end &- start, as: format)
      else { throw .notATime(.date) }
      parts.day = date.day
    } else if timeFormat.content == .timeOfDay {
      parts.day = fileDay
    }
    guard let interval = clock.interval(parts) else { throw .timeOutOfRange }
    return interval
  }

  // Static, on single values: a method here would copy the whole parser, 504 bytes, at each call (seen in perf).

  @inline(__always)
  private static func decimal(
    _ role: ColumnRole, _ bytes: UnsafePointer<UInt8>, _ range: (start: Int, end: Int), impliedDecimals: Int,
    rounds: Bool
  ) throws(RowProblem) -> Int64 {
    let nanos = DecimalField.plainNanos(
      bytes + range.start, count: range.end &- range.start, impliedDecimals: impliedDecimals)
    if nanos != .min { return nanos }
    let text = UnsafeBufferPointer(start: bytes + range.start, count: range.end &- range.start)
    return try unusualDecimal(role, text, impliedDecimals: impliedDecimals, rounds: rounds)
  }

  @inline(never)
  private static func unusualDecimal(
    _ role: ColumnRole, _ bytes: UnsafeBufferPointer<UInt8>, impliedDecimals: Int, rounds: Bool
  ) throws(RowProblem) -> Int64 {
    if bytes.trimmingBlanks.isEmpty { throw .empty(role) }
    // Taken as it stands, such a price would be too small by as many powers of ten.
    let hasWrongPoint = impliedDecimals > 0 && bytes.contains(UInt8(ascii: "."))
    let nanos: Int64
    do throws(FixedPointError) {
      nanos = try DecimalField.nanos(bytes, impliedDecimals: impliedDecimals, rounds: rounds)
    } catch {
      switch error {
      case .noDigits, .unexpectedByte: throw .notADecimal(role)
      case .tooPrecise: throw hasWrongPoint ? .decimalPoint(role) : .tooPrecise(role)
      case .outOfRange: throw hasWrongPoint ? .decimalPoint(role) : .outOfRange(role)
      }
    }
    if hasWrongPoint { throw .decimalPoint(role) }
    return nanos
  }
}

// MARK: - What was wrong

/// Why a row failed, without text: made on the hot path, put into words on the cold one, which reads the row again.
private enum RowProblem: Error, BitwiseCopyable, Equatable {
  case tooManyFields
  case fieldMissing
  case empty(ColumnRole)
  case notADecimal(ColumnRole)
  case tooPrecise(ColumnRole)
  case decimalPoint(ColumnRole)
  case outOfRange(ColumnRole)
  case notATime(ColumnRole)
  case timeOutOfRange
  case symbolInvalid
  case tooManySymbols
  case order(track: Int)
  case impossibleBar
  case outsideSession
}

extension RowParser {
  @inline(never)
  private mutating func note(
    _ problem: RowProblem, _ bytes: UnsafePointer<UInt8>, _ rowStart: Int, _ fieldCount: Int, _ hasQuotes: Bool
  ) {
    guard let layout, let path = paths.last else { return }
    func text(_ role: ColumnRole) -> String {
      let place = layout.place(of: role)
      if place < 0 || place >= fieldCount { return "" }
      let (start, end) = fields.range(place, bytes, rowStart, hasQuotes)
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
    case .decimalPoint(let role):
      fault = .decimalPoint(role, text: text(role), impliedDecimals: priceDecimals)
    case .outOfRange(let role): fault = .outOfRange(role, text: text(role))
    case .notATime(let role):
      let format = role == .date ? specification.dateFormat ?? timeFormat : timeFormat
      fault = text(role).isEmpty ? .empty(role) : .notATime(role, text: text(role), format: format)
    case .timeOutOfRange:
      let role: ColumnRole = layout.date >= 0 ? .date : .time
      fault = .timeOutOfRange(role, text: text(role))
    case .symbolInvalid: fault = text(.symbol).isEmpty ? .empty(.symbol) : .symbolInvalid(text: text(.symbol))
    case .tooManySymbols: return
    case .order(let track): fault = orderFault(bytes, rowStart, layout, hasQuotes, tracks[track])
    case .impossibleBar: fault = barFault(bytes, rowStart, layout, hasQuotes)
    case .outsideSession:
      do throws(RowProblem) { noteOutside(try interval(bytes, rowStart, layout, hasQuotes)) } catch {
        // Cannot be: the same time was read a moment ago.
      }
      return
    }
    badRows.append(BadRow(path: path, line: lineCount, fault: fault))
  }

  private mutating func noteOutside(_ interval: BarInterval) {
    // A file with bars around the clock has more of them outside than inside: no text is made for what isn't listed.
    guard outsideRows.hasRoom, let path = paths.last else { return outsideRows.count(unlisted: 1) }
    let fault = clock.outsideFault(interval)
    outsideRows.append(BadRow(path: path, line: lineCount, fault: fault))
  }

  private mutating func orderFault(
    _ bytes: UnsafePointer<UInt8>, _ rowStart: Int, _ layout: RowLayout, _ hasQuotes: Bool, _ track: Track
  ) -> RowFault {
    let previous = RowPlace(path: paths[track.fileIndex], line: track.line)
    let openTime: Timestamp
    do throws(RowProblem) {
      openTime = Timestamp(nanos: try interval(bytes, rowStart, layout, hasQuotes).openNanos)
    } catch {
      return .empty(.time)
    }
    if openTime.nanos == track.openNanos { return .duplicate(openTime: openTime, previous: previous) }
    if openTime.nanos < track.openNanos {
      return .outOfOrder(openTime: openTime, previousOpen: Timestamp(nanos: track.openNanos), previous: previous)
    }
    return .overlaps(openTime: openTime, previousClose: Timestamp(nanos: track.knownNanos), previous: previous)
  }

  private func price(
    _ place: Int, _ role: ColumnRole, _ bytes: UnsafePointer<UInt8>, _ rowStart: Int, _ hasQuotes: Bool
  ) throws(RowProblem) -> Price {
    let range = fields.range(place, bytes, rowStart, hasQuotes)
    return Price(
      nanos: try RowParser.decimal(role, bytes, range, impliedDecimals: priceDecimals, rounds: rounds))
  }

  /// What can be wrong with a bar whose fields were all read: its prices, then its volume, then the end of time.
  private func barFault(
    _ bytes: UnsafePointer<UInt8>, _ rowStart: Int, _ layout: RowLayout, _ hasQuotes: Bool
  ) -> RowFault {
    do throws(RowProblem) {
      let open = try price(layout.open, .open, bytes, rowStart, hasQuotes)
      let high = try price(layout.high, .high, bytes, rowStart, hasQuotes)
      let low = try price(layout.low, .low, bytes, rowStart, hasQuotes)
      let close = try price(layout.close, .close, bytes, rowStart, hasQuotes)
      if high < open { return .highBelow(.open, high: high, other: open) }
      if high < close { return .highBelow(.close, high: high, other: close) }
      if high < low { return .highBelow(.low, high: high, other: low) }
      if low > open { return .lowAbove(.open, low: low, other: open) }
      if low > close { return .lowAbove(.close, low: low, other: close) }
      let (start, end) = layout.volume >= 0 ? fields.range(layout.volume, bytes, rowStart, hasQuotes) : (0, 0)
      if start < end {
        let volume = try RowParser.decimal(.volume, bytes, (start, end), impliedDecimals: 0, rounds: rounds)
        if volume < 0 { return .volumeNegative(Quantity(nanos: volume)) }
      }
    } catch {
      // Cannot be: the same fields were read a moment ago. The last line below is then as good as any.
    }
    let (start, end) = fields.range(layout.time, bytes, rowStart, hasQuotes)
    return .timeOutOfRange(.time, text: ShownText.of(UnsafeBufferPointer(start: bytes + start, count: end - start)))
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
