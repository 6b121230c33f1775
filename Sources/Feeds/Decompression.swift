import CZlib
import CZstd

/// Unpacks a stream of bytes, however it is cut into pieces.
protocol Decompression: AnyObject {
  /// Whether everything fed so far forms whole members or frames: the file may end here.
  var isComplete: Bool { get }
  /// Unpacks as much of `source` as fits into `target`.
  func unpack(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(DamageCode) -> (read: Int, written: Int)
}

/// A library's number for damaged input.
struct DamageCode: Error {
  let code: Int
}

/// gzip of any number of members; zeros behind the last one are padding, as tapes leave it.
final class GzipDecompression: Decompression {
  private let stream: UnsafeMutablePointer<z_stream>
  private var isInsideMember = false
  private var isPadding = false
  private var memberCount = 0

  var isComplete: Bool { !isInsideMember && memberCount > 0 }

  init() throws(DamageCode) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window, 16 more for gzip's header and checksum instead of zlib's.
    let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    if status != Z_OK { throw DamageCode(code: Int(status)) }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func unpack(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(DamageCode) -> (read: Int, written: Int) {
    var (read, written) = (0, 0)
    // Inside a member zlib may hold output although no input is left.
    while written < target.count, read < source.count || isInsideMember {
      if !isInsideMember {
        if !(try beginMember(source[read])) {
          read += 1
          continue
        }
      }
      let sourceCount = min(source.count - read, Int(UInt32.max))
      let targetCount = min(target.count - written, Int(UInt32.max))
      // zlib takes a mutable pointer and leaves the input alone.
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: source.baseAddress?.advanced(by: read).assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = UInt32(sourceCount)
      stream.pointee.next_out = target.baseAddress?.advanced(by: written).assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(targetCount)
      let status = inflate(stream, Z_NO_FLUSH)
      read += sourceCount - Int(stream.pointee.avail_in)
      written += targetCount - Int(stream.pointee.avail_out)
      switch status {
      case Z_OK: break
      case Z_STREAM_END:
        isInsideMember = false
        memberCount += 1
      // No progress is possible with these buffers: the caller brings more.
      case Z_BUF_ERROR: return (read, written)
      default: throw DamageCode(code: Int(status))
      }
    }
    return (read, written)
  }

  /// - Returns: false where `byte` is padding and to be passed over.
  private func beginMember(_ byte: UInt8) throws(DamageCode) -> Bool {
    if memberCount > 0 {
      if byte == 0 {
        isPadding = true
        return false
      }
      // Anything else behind a member must be the next one.
      if isPadding || byte != 0x1f { throw DamageCode(code: Int(Z_DATA_ERROR)) }
      inflateReset(stream)
    }
    isInsideMember = true
    return true
  }
}

/// zstd of any number of frames.
final class ZstdDecompression: Decompression {
  private let context: OpaquePointer
  private(set) var isComplete = false

  init() throws(DamageCode) {
    guard let made = ZSTD_createDCtx() else { throw DamageCode(code: Int(ZSTD_error_memory_allocation.rawValue)) }
    context = made
  }

  deinit { ZSTD_freeDCtx(context) }

  func unpack(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(DamageCode) -> (read: Int, written: Int) {
    var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
    var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
    while output.pos < output.size {
      let (readBefore, writtenBefore) = (input.pos, output.pos)
      let result = ZSTD_decompressStream(context, &output, &input)
      if ZSTD_isError(result) != 0 { throw DamageCode(code: Int(ZSTD_getErrorCode(result).rawValue)) }
      if input.pos != readBefore || output.pos != writtenBefore { isComplete = result == 0 }
      if input.pos == input.size && (result == 0 || output.pos < output.size) { break }
    }
    return (input.pos, output.pos)
  }
}
