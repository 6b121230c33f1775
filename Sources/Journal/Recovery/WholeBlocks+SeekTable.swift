import Events

extension WholeBlocks {
  /// A sealed journal's blocks by its seek table: nothing but the table and two trailers is read.
  ///
  /// Nil where the file has no seek table, or one that contradicts itself or the first and last trailer: then the frames
  /// themselves have to be walked.
  static func sealed(
    _ reader: inout BlockReader, allowsFragments: Bool = false
  ) throws(JournalError) -> WholeBlocks? {
    guard let table = try readTable(&reader.window) else { return nil }
    let fileBytes = reader.window.fileBytes
    if table.blockCount == 0 {
      return WholeBlocks(table: table, first: nil, last: nil, fileBytes: fileBytes, isSealed: true)
    }
    if allowsFragments { reader.startIndex = try startIndex(of: table, reader) }
    guard let first = try trailer(0, of: table, reader),
      let last = try trailer(table.blockCount - 1, of: table, reader),
      first.contradiction(after: nil, allowsFragments: allowsFragments) == nil,
      first.firstSequence < last.nextSequence, first.barsBefore <= last.barsThrough,
      first.canonicalBytesBefore + table.canonicalBytes == last.canonicalBytesThrough
    else { return nil }
    return WholeBlocks(table: table, first: first, last: last, fileBytes: fileBytes, isSealed: true)
  }

  /// The index that the first block's trailer claims; 0 where it can't be read.
  private static func startIndex(of table: SeekTable, _ reader: borrowing BlockReader) throws(JournalError) -> UInt64 {
    do throws(JournalError) {
      return try reader.trailer(0, in: table, anyIndex: true).blockIndex
    } catch {
      if case .damagedBlock = error.fault { return 0 }
      throw error
    }
  }

  /// Reads a trailer; nil where it is damaged, so that walking can say what and where.
  private static func trailer(
    _ index: Int, of table: SeekTable, _ reader: borrowing BlockReader
  ) throws(JournalError) -> BlockTrailer? {
    do throws(JournalError) {
      return try reader.trailer(index, in: table)
    } catch {
      if case .damagedBlock = error.fault { return nil }
      throw error
    }
  }

  /// The seek table at the end of the file; nil where there is none of a journal whose entries add up.
  static func readTable(_ window: inout FileWindow) throws(JournalError) -> SeekTable? {
    let fileBytes = window.fileBytes
    guard fileBytes >= UInt64(SeekTable.bytes(blocks: 0)) else { return nil }
    let footer = try window.bytes(at: fileBytes - UInt64(SeekTable.footerBytes), count: SeekTable.footerBytes)
    guard let blocks = SeekTable.plausibleBlockCount(footer: footer) else { return nil }
    let size = UInt64(SeekTable.bytes(blocks: Int(blocks)))
    guard size <= fileBytes else { return nil }
    return try readTable(&window, blocks: Int(blocks), from: fileBytes - size)
  }

  /// The table of `blocks` blocks that begins at `start`; nil where its bytes are another.
  ///
  /// Read and checked a piece at a time: its length is only claimed, and a file with a hole in it would have a gigabyte of zeros read at once.
  private static func readTable(
    _ window: inout FileWindow, blocks: Int, from start: UInt64
  ) throws(JournalError) -> SeekTable? {
    var table = SeekTable()
    guard SeekTable.isHeader(try window.bytes(at: start, count: SeekTable.headerBytes), blocks: blocks) else {
      return nil
    }
    while table.blockCount < blocks {
      let size = 2 * SeekTable.entryBytes * min(blocks - table.blockCount, tablePieceBlocks)
      let place = start + UInt64(SeekTable.headerBytes + 2 * SeekTable.entryBytes * table.blockCount)
      let entries = try window.bytes(at: place, count: size)
      guard entries.count == size, table.append(entries: entries) else { return nil }
    }
    return table.offsets[blocks] == start ? table : nil
  }

  private static let tablePieceBlocks = 4096
}

extension SeekTable {
  static func plausibleBlockCount(footer: UnsafeRawBufferPointer) -> UInt64? {
    do throws(Refusal) {
      return try blockCount(footer: footer)
    } catch {
      return nil
    }
  }
}
