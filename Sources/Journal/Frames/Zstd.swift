import CZstd
import Market

/// A libzstd error by its number; those below 100 are stable.
struct ZstdFailure: Error, Hashable {
  let code: UInt32

  init(_ result: Int) { code = ZSTD_getErrorCode(result).rawValue }
  init(number: UInt32) { code = number }

  static func check(_ result: Int) throws(ZstdFailure) -> Int {
    if ZSTD_isError(result) != 0 { throw ZstdFailure(result) }
    return result
  }
}

/// Compresses one block a call into one whole frame with content size and checksum, with memory allocated once.
struct ZstdCompressor: ~Copyable {
  private let context: OpaquePointer
  private var output = Scratch<UInt8>(capacity: 64 << 10)

  /// No frame of a block is longer.
  static let bytesMax = ZSTD_compressBound(JournalFormat.canonicalBytesMax)

  /// Traps where memory is out, like every allocation. A level outside zstd's range is the nearest one inside.
  init(level: Int32) {
    guard let context = ZSTD_createCCtx() else { fatalError("out of memory for a zstd context") }
    self.context = context
    let levelSet = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    let checksumSet = ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    invariant(ZSTD_isError(levelSet) == 0 && ZSTD_isError(checksumSet) == 0, "zstd knows level and checksum")
  }

  deinit { ZSTD_freeCCtx(context) }

  /// The frame; valid until the next call.
  mutating func compress(_ content: UnsafeRawBufferPointer) throws(ZstdFailure) -> UnsafeRawBufferPointer {
    output.reserve(ZSTD_compressBound(content.count))
    let count = try ZstdFailure.check(
      ZSTD_compress2(context, output.base, output.capacity, content.baseAddress, content.count))
    return UnsafeRawBufferPointer(start: output.base, count: count)
  }
}

struct ZstdDecompressor: ~Copyable {
  private let context: OpaquePointer

  init() {
    guard let context = ZSTD_createDCtx() else { fatalError("out of memory for a zstd context") }
    self.context = context
  }

  deinit { ZSTD_freeDCtx(context) }

  /// Decompresses one whole frame, its checksum included, and returns the number of bytes.
  func decompress(
    _ frame: UnsafeRawBufferPointer, into content: UnsafeMutableRawBufferPointer
  ) throws(ZstdFailure) -> Int {
    try ZstdFailure.check(
      ZSTD_decompressDCtx(context, content.baseAddress, content.count, frame.baseAddress, frame.count))
  }

  /// The first bytes of the frame's content, as many as `start` holds or the cut frame still gives.
  func contentStart(
    of frame: UnsafeRawBufferPointer, into start: UnsafeMutableRawBufferPointer
  ) -> Int {
    var input = ZSTD_inBuffer(src: frame.baseAddress, size: frame.count, pos: 0)
    var output = ZSTD_outBuffer(dst: start.baseAddress, size: start.count, pos: 0)
    _ = ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    while output.pos < output.size {
      let before = (input.pos, output.pos)
      let hint = ZSTD_decompressStream(context, &output, &input)
      if ZSTD_isError(hint) != 0 || hint == 0 || before == (input.pos, output.pos) { break }
    }
    _ = ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    return output.pos
  }

  /// How long the frame at the start of `bytes` is, read from its headers alone.
  static func frameBytes(_ bytes: UnsafeRawBufferPointer) throws(ZstdFailure) -> Int {
    try ZstdFailure.check(ZSTD_findFrameCompressedSize(bytes.baseAddress, bytes.count))
  }

  /// The content size that a frame claims; nil where it claims none.
  static func contentSize(_ frame: UnsafeRawBufferPointer) -> UInt64? {
    let size = ZSTD_getFrameContentSize(frame.baseAddress, frame.count)
    // The two highest numbers mean "unknown" and "error"; the macros don't reach Swift.
    return size >= UInt64.max - 1 ? nil : size
  }
}
