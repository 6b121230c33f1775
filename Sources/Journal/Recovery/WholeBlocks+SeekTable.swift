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
    let size = SeekTable.bytes(blocks: Int(blocks))
    guard UInt64(size) <= fileBytes else { return nil }
    let bytes = try window.bytes(at: fileBytes - UInt64(size), count: size)
    guard bytes.count == size else { return nil }
    do throws(SeekTable.Refusal) {
      return try SeekTable(bytes, blocks: Int(blocks), tableOffset: fileBytes - UInt64(size))
    } catch {
      return nil
    }
  }
}
