import Glibc

/// Reads a file's text in large pieces of whole lines, unpacking it on the way; memory is bounded by the piece.
final class TextReader {
  private let file: InputFile
  private let descriptor: Int32
  private let decompression: (any Decompression)?
  /// Packed bytes that are not unpacked yet; empty for plain files.
  private let packed: UnsafeMutableRawBufferPointer
  private var packedStart = 0
  private var packedEnd = 0
  private let text: UnsafeMutableRawBufferPointer
  private var textStart = 0
  private var textEnd = 0
  private var isFileAtEnd = false
  private var isAtStart = true
  private let meter: ProgressMeter?

  /// Whole lines that are not consumed yet, each ended by a line feed; at least eight more bytes may be read behind them.
  private(set) var lines = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Whether `lines` has a quotation mark anywhere.
  private(set) var hasQuotes = false

  /// A vectorised scan may look at a word behind the last line.
  private static let slack = 16

  init(_ file: InputFile, chunkBytes: Int, meter: ProgressMeter?) throws(ImportError) {
    self.file = file
    self.meter = meter
    do throws(DamageCode) {
      switch file.format {
      case .none: decompression = nil
      case .gzip: decompression = try GzipDecompression()
      case .zstd: decompression = try ZstdDecompression()
      }
    } catch {
      throw .compressionDamaged(path: file.name, format: file.format, code: error.code)
    }
    descriptor = try file.reopen()
    packed = .allocate(byteCount: file.format == .none ? 1 : chunkBytes, alignment: 16)
    // A small plain file needs no more than itself: thousands of files, one a day, are common.
    let needed = file.format == .none ? min(UInt64(chunkBytes), file.byteCount + 1) : UInt64(chunkBytes)
    text = .allocate(byteCount: Int(needed) + TextReader.slack, alignment: 16)
    text.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit {
    close(descriptor)
    packed.deallocate()
    text.deallocate()
  }

  /// Marks the first `count` bytes of `lines` as read.
  func consume(_ count: Int) {
    textStart += count
    lines = UnsafeRawBufferPointer(rebasing: lines[count...])
  }

  /// Brings more lines when all are consumed.
  /// - Parameter lineCount: lines read so far, for the error.
  /// - Returns: false at the end of the file.
  func fill(lineCount: Int) throws(ImportError) -> Bool {
    if !lines.isEmpty { return true }
    // The cut line at the end of the piece moves to the front.
    let rest = textEnd - textStart
    if rest > 0, textStart > 0 {
      text.copyMemory(from: UnsafeRawBufferPointer(rebasing: text[textStart..<textEnd]))
    }
    textStart = 0
    textEnd = rest
    while true {
      let capacity = text.count - TextReader.slack
      if !isFileAtEnd { try readMore(upTo: capacity) }
      if isAtStart { skipByteOrderMark() }
      if let last = lastLineFeed() {
        expose(through: last)
        return true
      }
      if textEnd - textStart > RowLimits.lineBytesMax {
        throw .lineTooLong(path: file.name, line: lineCount + 1, bytesMax: RowLimits.lineBytesMax)
      }
      if isFileAtEnd {
        if textEnd == textStart { return false }
        // The last line may lack its line feed.
        text[textEnd] = UInt8(ascii: "\n")
        textEnd += 1
        expose(through: textEnd - 1)
        return true
      }
    }
  }

  private func expose(through lineFeed: Int) {
    lines = UnsafeRawBufferPointer(rebasing: text[textStart...lineFeed])
    guard let start = lines.baseAddress else { return }
    hasQuotes = memchr(start, Int32(UInt8(ascii: "\"")), lines.count) != nil
  }

  private func lastLineFeed() -> Int? {
    // From the back: the cut line is short beside the piece.
    var place = textEnd - 1
    while place >= textStart {
      if text[place] == UInt8(ascii: "\n") { return place }
      place -= 1
    }
    return nil
  }

  private func skipByteOrderMark() {
    if textEnd < 3 && !isFileAtEnd { return }
    isAtStart = false
    if textEnd >= 3, text[0] == 0xef, text[1] == 0xbb, text[2] == 0xbf { textStart = 3 }
  }

  private func readMore(upTo capacity: Int) throws(ImportError) {
    let space = UnsafeMutableRawBufferPointer(rebasing: text[textEnd..<capacity])
    guard let decompression else {
      let count = try InputFile.read(descriptor, into: space, path: file.name)
      meter?.add(count)
      if count < space.count { isFileAtEnd = true }
      textEnd += count
      return
    }
    var filled = 0
    while filled < space.count {
      do throws(DamageCode) {
        // Also with nothing packed left: the library may hold output that found no room before.
        let (read, written) = try decompression.unpack(
          UnsafeRawBufferPointer(rebasing: packed[packedStart..<packedEnd]),
          into: UnsafeMutableRawBufferPointer(rebasing: space[filled...]))
        packedStart += read
        filled += written
        if read > 0 || written > 0 { continue }
        if packedStart < packedEnd { throw DamageCode(code: 0) }
      } catch {
        throw .compressionDamaged(path: file.name, format: file.format, code: error.code)
      }
      packedStart = 0
      packedEnd = try InputFile.read(descriptor, into: packed, path: file.name)
      meter?.add(packedEnd)
      if packedEnd == 0 {
        if !decompression.isComplete { throw .compressionCut(path: file.name, format: file.format) }
        isFileAtEnd = true
        break
      }
    }
    textEnd += filled
  }
}
