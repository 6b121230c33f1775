import Market

/// Where the bars of one stream come from, in batches, in increasing time.
protocol BarSupply: AnyObject {
  /// Initialises up to `countMax` bars at `bars`.
  /// - Returns: how many; 0 at the end only.
  func supply(_ bars: UnsafeMutablePointer<Bar>, countMax: Int) throws(ImportError) -> Int
}

/// The bars of one symbol, one at a time for the merge.
final class BarStream {
  private let supply: any BarSupply
  private let batch: UnsafeMutablePointer<Bar>
  private let batchMax: Int
  private var count = 0
  private var position = 0

  init(_ supply: any BarSupply, batchMax: Int) {
    self.supply = supply
    self.batchMax = batchMax
    batch = .allocate(capacity: batchMax)
  }

  deinit { batch.deallocate() }

  /// The bars at hand, not consumed yet; brings a new batch where there are none.
  /// - Returns: an empty buffer at the end of the stream. Valid until the next call.
  func bars() throws(ImportError) -> UnsafeBufferPointer<Bar> {
    if position == count {
      position = 0
      count = try supply.supply(batch, countMax: batchMax)
    }
    return UnsafeBufferPointer(start: batch + position, count: count - position)
  }

  func consume(_ consumed: Int) { position += consumed }
}

/// What became of the rows of some files.
struct RowCounts {
  var rows = 0
  var blankLines = 0
  var notWanted = 0
  /// Bars whose volume is zero because none was given.
  var withoutVolume = 0
  var badRows = BadRowList()
  /// Read well, but outside the calendar's sessions.
  var outside = BadRowList()
  var irregular = IrregularDates()

  mutating func append(_ other: RowCounts) {
    rows += other.rows
    blankLines += other.blankLines
    notWanted += other.notWanted
    withoutVolume += other.withoutVolume
    badRows.append(other.badRows)
    outside.append(other.outside)
    irregular.append(other.irregular)
  }
}

/// Bars read from text files, one file after another.
final class TextBars: BarSupply {
  private let specification: ImportSpecification
  private let files: [InputFile]
  private let chunkBytes: Int
  private let meter: ProgressMeter?
  private var parser: RowParser
  private var fileIndex = 0
  private var reader: TextReader?

  init(
    _ specification: ImportSpecification, files: [InputFile], instrument: InstrumentIndex, wantedSymbols: [String] = [],
    chunkBytes: Int, meter: ProgressMeter?
  ) {
    self.specification = specification
    self.files = files
    self.chunkBytes = chunkBytes
    self.meter = meter
    // Text that came through standard input counts as a file's too: the same bytes make the same journal either way.
    parser = RowParser(specification, instrument: instrument, wantedSymbols: wantedSymbols, source: .file)
  }

  /// Rows for which the specification refuses the whole import.
  var refusedRowCount: Int {
    (specification.badRows == .refuse ? parser.badRows.count : 0)
      + (specification.outsideSession == .refuse ? parser.outsideRows.count : 0)
  }

  /// With a symbol column: the symbols found so far, in order.
  var symbols: [String] { parser.symbols.names }

  var counts: RowCounts {
    RowCounts(
      rows: parser.rowCount, blankLines: parser.blankLineCount, notWanted: parser.notWantedCount,
      withoutVolume: parser.withoutVolumeCount, badRows: parser.badRows, outside: parser.outsideRows,
      irregular: parser.clock.irregular)
  }

  func supply(_ bars: UnsafeMutablePointer<Bar>, countMax: Int) throws(ImportError) -> Int {
    while true {
      guard let reader = try openedReader() else { return 0 }
      guard try reader.fill(lineCount: parser.lineCount) else {
        self.reader = nil
        fileIndex += 1
        continue
      }
      let (byteCount, barCount) = try parser.parse(
        reader.lines, hasQuotes: reader.hasQuotes, into: bars, barCountMax: countMax)
      reader.consume(byteCount)
      if barCount > 0 { return barCount }
    }
  }

  private func openedReader() throws(ImportError) -> TextReader? {
    if let reader { return reader }
    guard fileIndex < files.count else { return nil }
    let file = files[fileIndex]
    let opened = try TextReader(file, chunkBytes: chunkBytes, meter: meter)
    var header: [String]?
    if specification.hasHeader {
      guard try opened.fill(lineCount: 0) else { throw .headerMissing(path: file.name) }
      let (names, byteCount) = HeaderLine.read(opened.lines, delimiter: specification.delimiter)
      opened.consume(byteCount)
      header = names
    }
    var day: Int64 = 0
    if specification.needsDateInFileName {
      guard let date = FileDate.of(stem: file.stem) else { throw .dateMissingInFileName(path: file.name) }
      day = date.daysSinceEpoch
    }
    let layout = try RowLayout(specification, header: header, path: file.name)
    parser.beginFile(path: file.name, layout: layout, day: day, linesBefore: header == nil ? 0 : 1)
    reader = opened
    return opened
  }

  /// The files in the order of their first bars; those without any keep their place behind the file before them.
  static func inTimeOrder(
    _ files: [InputFile], _ specification: ImportSpecification
  ) throws(ImportError) -> [InputFile] {
    if files.count < 2 { return files }
    var keyed: [(time: Timestamp, position: Int, file: InputFile)] = []
    var latest = Timestamp(nanos: .min)
    let bar = UnsafeMutablePointer<Bar>.allocate(capacity: 1)
    defer { bar.deallocate() }
    for (position, file) in files.enumerated() {
      let peek = TextBars(
        specification, files: [file], instrument: InstrumentIndex(0), chunkBytes: RowLimits.chunkBytesOfMany, meter: nil
      )
      if try peek.supply(bar, countMax: 1) > 0 { latest = bar.pointee.openTime }
      keyed.append((latest, position, file))
    }
    keyed.sort { ($0.time, $0.position) < ($1.time, $1.position) }
    return keyed.map(\.file)
  }
}

/// The names in a file's first line.
enum HeaderLine {
  /// - Parameter lines: at least one whole line.
  static func read(_ lines: UnsafeRawBufferPointer, delimiter: UInt8) -> (names: [String], byteCount: Int) {
    let end = lines.firstIndex(of: UInt8(ascii: "\n")) ?? lines.count
    var line = lines[..<end]
    if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
    let names = line.split(separator: delimiter, omittingEmptySubsequences: false).map { field in
      var name = field.drop { $0 == UInt8(ascii: " ") }
      while name.last == UInt8(ascii: " ") { name = name.dropLast() }
      if name.count >= 2, name.first == UInt8(ascii: "\""), name.last == UInt8(ascii: "\"") {
        name = name.dropFirst().dropLast()
      }
      return String(decoding: name, as: UTF8.self)
    }
    return (names, min(end + 1, lines.count))
  }
}

/// The date at the beginning of a file's name: `20131004.csv`, `20131004_trade.csv`, `2013-10-04.csv`.
enum FileDate {
  static func of(stem: String) -> CivilDate? {
    let digits = stem.utf8.filter { $0 != UInt8(ascii: "-") }.prefix(8)
    let rest = stem.utf8.drop { $0 == UInt8(ascii: "-") || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) }
    guard digits.count == 8, let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
    // Nine digits are a number, not a date.
    let digitCount = stem.utf8.count - rest.count - stem.utf8.prefix(stem.utf8.count - rest.count).count { $0 == 0x2d }
    guard digitCount == 8 else { return nil }
    return CivilDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)
  }
}
