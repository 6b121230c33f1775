import Events

/// The bytes of a live tail as they were found, and what they say once the journal's whole blocks are known.
struct TailImage {
  let path: String
  private let bytes: [UInt8]
  /// Of the writer who opened the journal last; nil where neither slot holds a header.
  let header: TailHeader?
  let mark: TailMark?
  /// The first page of the first three that is neither empty nor what belongs there; damaged headers before a damaged mark.
  var damagedPage: UInt64? { damagedPages.first.map { UInt64($0 * TailFormat.pageBytes) } }
  /// Their numbers.
  let damagedPages: [Int]
  /// Numbers of the header slots that hold something and no header.
  let lostHeaders: [Int]

  /// Where the journal's whole blocks end: what its tail must go on from.
  struct Start: Hashable {
    var blockIndex: UInt64
    /// Nil where there is no block yet: then the first record says with what sequence the journal begins.
    var firstSequence: UInt64?
    var chainHash: [UInt8]
  }

  /// Records that go on from the whole blocks, and what stands behind them.
  struct Records {
    var records: [(header: TailRecord, payload: Range<Int>)] = []
    /// Where the next record would stand.
    var end = Int(TailFormat.recordsOffset)
    /// Bytes from `end` on that a torn write left; 0 where there is nothing or only what an earlier block left.
    var tornBytes = 0
    /// Behind this the file is zeros.
    var usedEnd = Int(TailFormat.recordsOffset)
    /// What the records or the blocks end with is less than what was acknowledged, or rotten: nil where all is there.
    var damage: JournalFault?
    var nextSequence: UInt64
    /// Hash that the next record goes on from.
    var hash: [UInt8]
  }

  /// The live tail beside a journal; nil where there is none.
  static func beside(_ journal: any JournalFile) throws(JournalError) -> TailImage? {
    let file: (any JournalFile)?
    do throws(FileError) { file = try journal.openTail() } catch { throw journal.error(.file(error)) }
    return if let file { try TailImage(file) } else { nil }
  }

  init(_ file: any JournalFile) throws(JournalError) {
    // The mark before the file's length: what it says was acknowledged is then there, though a writer goes on meanwhile.
    var content = [UInt8](repeating: 0, count: Int(TailFormat.recordsOffset))
    do throws(FileError) {
      content.removeLast(content.count - (try content.fill(from: file, at: 0)))
      let size = Int(min(try file.size(), TailFormat.bytesMax))
      if content.count == Int(TailFormat.recordsOffset), size > content.count {
        var records = [UInt8](repeating: 0, count: size - content.count)
        records.removeLast(records.count - (try records.fill(from: file, at: TailFormat.recordsOffset)))
        content += records
      }
    } catch {
      throw file.error(.file(error))
    }
    self.init(bytes: content, path: file.path)
  }

  init(bytes: [UInt8], path: String) {
    self.path = path
    self.bytes = bytes
    let pages = (0..<3).map { TailImage.page($0, of: bytes) }
    let headers = (0..<2).map { slot in pages[slot].withUnsafeBytes { TailHeader($0) } }
    let fitting = headers.enumerated().compactMap { slot, header in
      header.map { Int($0.epoch % 2) == slot ? $0 : nil } ?? nil
    }
    header = fitting.max { $0.epoch < $1.epoch }
    mark = pages[2].withUnsafeBytes { TailMark($0) }
    let mark = mark
    let damaged = (0..<3).filter { place in
      let used = place == 2 ? (mark == nil ? 0 : TailMark.bytes) : (headers[place] == nil ? 0 : TailHeader.bytes)
      return !pages[place].withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[used...]).isZeros }
    }
    damagedPages = damaged
    lostHeaders = damaged.filter { $0 < 2 && headers[$0] == nil }
  }

  /// Whether anything proves that this is a live tail: a header, a mark, or a first record.
  var isOfJournal: Bool { header != nil || mark != nil || firstRecord != nil }

  /// The epoch of the writer who takes the tail over: above that of everybody who ever wrote it.
  ///
  /// A header that is lost may have had an epoch above all that are left, so it is passed by more than one; and its page is the one that is written.
  func nextEpoch(after found: Records?) -> UInt64 {
    let records = found?.records.map(\.header.epoch) ?? []
    let known = max(header?.epoch ?? 0, mark?.epoch ?? 0, records.max() ?? 0)
    let mayHaveMore = !lostHeaders.isEmpty || (header == nil && known > 0)
    guard mayHaveMore else { return known + 1 }
    // Slots are written in turn: beside a header that is left the lost one is at most the next. With neither left nothing says how many followed.
    let least = known + (header == nil && lostHeaders.count != 1 ? TailImage.epochMargin : 2)
    let slot = UInt64(lostHeaders.first ?? 0)
    return least % 2 == slot ? least : least + 1
  }

  /// More openings without an event between them than there can have been.
  private static let epochMargin: UInt64 = 1 << 32

  /// One page; zeros where the file is shorter.
  private static func page(_ place: Int, of bytes: [UInt8]) -> [UInt8] {
    let start = min(place * TailFormat.pageBytes, bytes.count)
    let end = min(start + TailFormat.pageBytes, bytes.count)
    return Array(bytes[start..<end]) + [UInt8](repeating: 0, count: TailFormat.pageBytes - (end - start))
  }

  func payload(_ range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

  func withBytes<Outcome>(_ body: (UnsafeRawBufferPointer) -> Outcome) -> Outcome { bytes.withUnsafeBytes(body) }

  /// The record that the records begin with; nil where none is whole.
  var firstRecord: TailRecord? {
    withBytes { all in
      all.count > Int(TailFormat.recordsOffset)
        ? TailRecord(UnsafeRawBufferPointer(rebasing: all[Int(TailFormat.recordsOffset)...])) : nil
    }
  }

  /// Reads the records that go on from `start`.
  ///
  /// | what stands behind the last record that fits | decision |
  /// |---|---|
  /// | zeros, or records of blocks that are whole | the end |
  /// | a later record of the same block | rot in the middle: damage |
  /// | anything, but the mark says that more was acknowledged | rot at the end, or lost blocks: damage |
  /// | anything else | a torn write |
  func records(after start: Start, trustsLength: Bool = false, ignoresMark: Bool = false) -> Records {
    var found = Records(nextSequence: start.firstSequence ?? 0, hash: start.chainHash)
    bytes.withUnsafeBytes { all in
      while found.end < all.count,
        let record = TailRecord(UnsafeRawBufferPointer(rebasing: all[found.end...]), trustsLength: trustsLength)
      {
        if record.blockIndex != start.blockIndex { break }
        let isFirst = found.records.isEmpty && start.firstSequence == nil
        guard isFirst || record.firstSequence == found.nextSequence, record.previous == found.hash else { break }
        let payload = found.end + TailRecord.headerBytes
        found.records.append((record, payload..<payload + Int(record.payloadBytes)))
        found.end += record.pageBytes
        found.nextSequence = record.nextSequence
        found.hash = record.hash
      }
      classifyRest(all, start, &found)
    }
    if !ignoresMark { checkMark(start, &found) }
    return found
  }

  private func classifyRest(_ all: UnsafeRawBufferPointer, _ start: Start, _ found: inout Records) {
    let used = max(all.countWithoutZeros, found.end)
    found.usedEnd = used > found.end ? max(found.end, TailFormat.pages(used)) : found.end
    var place = found.end
    var tornEnd = found.end
    while place < used {
      let rest = UnsafeRawBufferPointer(rebasing: all[place...])
      if let record = TailRecord(rest) {
        if record.blockIndex == start.blockIndex {
          let isForeign =
            place == found.end && found.records.isEmpty && record.firstSequence == start.firstSequence ?? 0
          found.damage =
            isForeign
            ? .foreignTail(offset: UInt64(place))
            : .damagedTail(offset: UInt64(found.end), firstSequence: found.nextSequence, behind: record.firstSequence)
          return
        }
        if record.blockIndex > start.blockIndex {
          found.damage = .blocksMissing(
            blocks: start.blockIndex, expected: record.blockIndex, events: start.firstSequence ?? 0)
          return
        }
        place += record.pageBytes
        continue
      }
      // A page that an earlier record left in part is no sign of anything either, but can't be told from a torn one.
      if !UnsafeRawBufferPointer(rebasing: rest.prefix(TailFormat.pageBytes)).isZeros {
        tornEnd = min(place + TailFormat.pageBytes, used)
      }
      place += TailFormat.pageBytes
    }
    found.tornBytes = tornEnd - found.end
  }

  private func checkMark(_ start: Start, _ found: inout Records) {
    guard found.damage == nil, let mark else { return }
    if mark.blockIndex > start.blockIndex {
      found.damage = .blocksMissing(
        blocks: start.blockIndex, expected: mark.blockIndex, events: start.firstSequence ?? 0)
    } else if mark.blockIndex == start.blockIndex, mark.acknowledged > found.nextSequence {
      found.damage = .damagedTail(
        offset: UInt64(found.end), firstSequence: found.nextSequence, behind: mark.acknowledged)
    }
  }
}
