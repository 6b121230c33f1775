/// A stretch of a file in memory that slides forward: sequential reading with few calls, in bounded memory.
struct FileWindow: ~Copyable {
  let file: any JournalFile
  /// The file's size when the window was made; what is appended later is not seen.
  let fileBytes: UInt64
  private var memory: Scratch<UInt8>
  private var start: UInt64 = 0
  private var count = 0
  private let readAhead: Int

  init(file: any JournalFile, readAhead: Int = 512 << 10) throws(JournalError) {
    self.file = file
    self.readAhead = readAhead
    memory = Scratch(capacity: readAhead)
    do throws(FileError) {
      fileBytes = try file.size()
    } catch {
      throw file.error(.file(error))
    }
  }

  /// The `wanted` bytes from `offset`, or as many as the file has; valid until the next call.
  mutating func bytes(at offset: UInt64, count wanted: Int) throws(JournalError) -> UnsafeRawBufferPointer {
    guard offset < fileBytes else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let available = Int(min(UInt64(wanted), fileBytes - offset))
    if offset < start || offset + UInt64(available) > start + UInt64(count) {
      try refill(at: offset, count: available)
    }
    let place = Int(offset - start)
    return UnsafeRawBufferPointer(start: memory.base + place, count: min(available, max(count - place, 0)))
  }

  private mutating func refill(at offset: UInt64, count needed: Int) throws(JournalError) {
    var kept = 0
    if offset >= start, offset < start + UInt64(count) {
      let place = Int(offset - start)
      kept = count - place
      memory.base.update(from: memory.base + place, count: kept)
    }
    start = offset
    count = kept
    let target = Int(min(UInt64(max(needed, readAhead)), fileBytes - offset))
    memory.reserve(target, keeping: kept)
    do throws(FileError) {
      count += try file.readFully(
        at: offset + UInt64(kept),
        into: UnsafeMutableRawBufferPointer(start: memory.base + kept, count: target - kept))
    } catch {
      throw file.error(.file(error))
    }
  }
}
