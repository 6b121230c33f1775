import Crypto
import Market

/// The inputs of one import, sorted by instrument and ready to be merged.
struct ImportSources {
  let files: [InputFile]
  /// In the order of the instruments.
  let symbols: [String]
  let streams: [BarStream]
  /// Who reads the text; knows the bad rows.
  let readers: [TextBars]

  var inputBytes: UInt64 { files.reduce(0) { $0 + $1.byteCount } }

  /// SHA-256 over the files' own, in the order of the command line.
  var digest: [UInt8] {
    var hash = SHA256()
    for file in files { hash.update(data: file.digest) }
    return Array(hash.finalize())
  }

  var counts: RowCounts {
    var counts = RowCounts()
    for reader in readers { counts.append(reader.counts) }
    return counts
  }

  /// Rows for which the specification refuses the whole import.
  var refusedRowCount: Int { readers.reduce(0) { $0 + $1.refusedRowCount } }

  init(_ request: ImportRequest, meter: ProgressMeter) throws(ImportError) {
    if request.inputs.isEmpty { throw .inputsMissing }
    var seen: Set<String> = []
    for name in request.inputs where !seen.insert(name).inserted { throw .inputTwice(path: name) }
    for symbol in request.symbols where !SymbolTable.isValid(symbol.utf8) { throw .symbolInvalid(symbol: symbol) }

    let scratchFolder = PartialOutput.scratchFolder(request.output)
    meter.bytesTotal = InputFile.byteCount(of: request.inputs).map { $0 * 2 }
    var files: [InputFile] = []
    for name in request.inputs {
      files.append(try InputFile(name: name, scratchFolder: scratchFolder, meter: meter))
    }
    meter.bytesTotal = files.reduce(0) { $0 + $1.byteCount } * 2
    self.files = files
    if request.specification.hasSymbolColumn {
      (symbols, streams, readers) = try ImportSources.sortedBySymbol(request, files, scratchFolder, meter)
    } else {
      (symbols, streams, readers) = try ImportSources.groupedByFile(request, files, meter)
    }
  }

  // MARK: One symbol a file

  private static func groupedByFile(
    _ request: ImportRequest, _ files: [InputFile], _ meter: ProgressMeter
  ) throws(ImportError) -> ([String], [BarStream], [TextBars]) {
    if request.symbols.count > 1 && request.symbols.count != files.count {
      throw .symbolCount(symbols: request.symbols.count, files: files.count)
    }
    var symbols: [String] = []
    var positions: [String: Int] = [:]
    var groups: [[InputFile]] = []
    for (index, file) in files.enumerated() {
      let symbol = try symbol(of: file, index, request)
      if let position = positions[symbol] {
        groups[position].append(file)
      } else {
        if symbols.count == RowLimits.instrumentCountMax { throw .tooManySymbols(limit: RowLimits.instrumentCountMax) }
        positions[symbol] = symbols.count
        symbols.append(symbol)
        groups.append([file])
      }
    }
    let isMany = groups.count > RowLimits.filesReadWithLargeChunksMax
    var readers: [TextBars] = []
    for (position, group) in groups.enumerated() {
      let ordered = try TextBars.inTimeOrder(group, request.specification)
      readers.append(
        TextBars(
          request.specification, files: ordered, instrument: InstrumentIndex(position),
          chunkBytes: isMany ? RowLimits.chunkBytesOfMany : RowLimits.chunkBytes, meter: meter))
    }
    let batchMax = isMany ? BarSpool.segmentBarCount : 4096
    return (symbols, readers.map { BarStream($0, batchMax: batchMax) }, readers)
  }

  private static func symbol(
    of file: InputFile, _ index: Int, _ request: ImportRequest
  ) throws(ImportError) -> String {
    if request.symbols.count == 1 { return request.symbols[0] }
    if request.symbols.count > 1 { return request.symbols[index] }
    if file.name == "-" { throw .symbolMissing(path: file.name) }
    let name: String
    switch request.specification.symbolSource {
    case .fileName: name = file.stem
    case .folderName: name = file.folderName
    }
    if name.isEmpty { throw .symbolMissing(path: file.name) }
    let symbol = name.uppercased()
    guard SymbolTable.isValid(symbol.utf8) else { throw .symbolInvalid(symbol: symbol) }
    return symbol
  }

  // MARK: Symbols in a column

  private static func sortedBySymbol(
    _ request: ImportRequest, _ files: [InputFile], _ scratchFolder: String, _ meter: ProgressMeter
  ) throws(ImportError) -> ([String], [BarStream], [TextBars]) {
    var seen: Set<String> = []
    for symbol in request.symbols where !seen.insert(symbol).inserted { throw .symbolTwice(symbol: symbol) }
    // Time order of files can't be told from their first rows here: each symbol's rows must come in order by themselves.
    let reader = TextBars(
      request.specification, files: files, instrument: InstrumentIndex(0), wantedSymbols: request.symbols,
      chunkBytes: RowLimits.chunkBytes, meter: meter)
    let spool = BarSpool(scratchFolder: scratchFolder)
    let batch = UnsafeMutablePointer<Bar>.allocate(capacity: 4096)
    defer { batch.deallocate() }
    while true {
      let count = try reader.supply(batch, countMax: 4096)
      if count == 0 { break }
      for index in 0..<count { try spool.append(batch[index]) }
    }
    let absent = request.symbols.indices.filter { !spool.hasBars($0) }
    // Rows that were left out may be why a symbol has no bars; they are told first.
    let counts = reader.counts
    let leftOutCount = counts.badRows.count + (request.specification.outsideSession == .flag ? 0 : counts.outside.count)
    if !absent.isEmpty && leftOutCount == 0 {
      throw .symbolsNotFound(symbols: absent.map { request.symbols[$0] }, path: files[0].name)
    }
    var symbols: [String] = []
    var streams: [BarStream] = []
    for (position, symbol) in reader.symbols.enumerated() where spool.hasBars(position) {
      let supply = spool.supply(of: position, as: InstrumentIndex(symbols.count))
      streams.append(BarStream(supply, batchMax: BarSpool.segmentBarCount))
      symbols.append(symbol)
    }
    return (symbols, streams, [reader])
  }
}
