import Crypto
import Glibc
import Journal

/// A file to import, looked through once: its size, its SHA-256, how it is packed.
final class InputFile {
  /// As the user wrote it; `-` is standard input.
  let name: String
  /// Where its bytes are: the same, or a scratch copy of a stream.
  let path: String
  let byteCount: UInt64
  let digest: [UInt8]
  let format: CompressionFormat
  private let modified: timespec
  private let scratch: ScratchFile?

  /// Reads the whole file for its digest; a stream is copied to a scratch file on the way, because it is read twice.
  init(name: String, scratchFolder: String, meter: ProgressMeter) throws(ImportError) {
    let descriptor = name == "-" ? 0 : try InputFile.open(name)
    defer { if descriptor != 0 { close(descriptor) } }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .failed("fstat", name) }
    if status.st_mode & S_IFMT == S_IFDIR { throw .inputIsFolder(path: name) }
    // Standard input counts as a stream even where it is a file: its offset is someone else's.
    let isStream = status.st_mode & S_IFMT != S_IFREG || descriptor == 0
    let scratch = isStream ? try ScratchFile(folder: scratchFolder) : nil

    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: RowLimits.chunkBytes, alignment: 16)
    defer { buffer.deallocate() }
    var hash = SHA256()
    var total: UInt64 = 0
    var format = CompressionFormat.none
    while true {
      let count = try InputFile.read(descriptor, into: buffer, path: name)
      if count == 0 { break }
      let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      if total == 0 { format = CompressionFormat(magic: piece) }
      hash.update(bufferPointer: piece)
      if let scratch { try scratch.append(piece) }
      total += UInt64(count)
      meter.add(count)
    }
    self.name = name
    self.scratch = scratch
    self.path = scratch?.path ?? name
    self.byteCount = total
    self.digest = Array(hash.finalize())
    self.format = format
    modified = status.st_mtim
  }

  /// Opens the file for its second reading.
  /// - Throws: `inputChanged` where it isn't the file that was looked through.
  func reopen() throws(ImportError) -> Int32 {
    let descriptor = try InputFile.open(path)
    if scratch == nil {
      var status = stat()
      guard fstat(descriptor, &status) == 0, UInt64(status.st_size) == byteCount,
        status.st_mtim.tv_sec == modified.tv_sec, status.st_mtim.tv_nsec == modified.tv_nsec
      else {
        close(descriptor)
        throw .inputChanged(path: name)
      }
      posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }
    return descriptor
  }

  static func open(_ path: String) throws(ImportError) -> Int32 {
    while true {
      let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
      if descriptor >= 0 { return descriptor }
      if errno != EINTR { throw .failed("open", path) }
    }
  }

  /// - Returns: 0 at the end only.
  static func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, path: String
  ) throws(ImportError) -> Int {
    // A pipe gives little at a time; whole chunks keep the hash and the parser in their stride.
    var filled = 0
    while filled < buffer.count {
      let count = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw .failed("read", path) }
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// The file's name without folders and endings: `aapl` of `daily/aapl.csv.gz`.
  var stem: String {
    let last = name.split(separator: "/").last ?? ""
    return String(last.split(separator: ".", omittingEmptySubsequences: false).first ?? "")
  }

  /// The folder that the file lies in; empty where the name has none.
  var folderName: String {
    let parts = name.split(separator: "/")
    return parts.count >= 2 ? String(parts[parts.count - 2]) : ""
  }
}

extension CompressionFormat {
  /// By the first bytes: RFC 1952, section 2.3.1; RFC 8878, sections 3.1.1 and 3.1.2.
  init(magic bytes: UnsafeRawBufferPointer) {
    self = .none
    if bytes.count >= 2, bytes[0] == 0x1f, bytes[1] == 0x8b { self = .gzip }
    if bytes.count >= 4, bytes[1] == 0xb5, bytes[2] == 0x2f, bytes[3] == 0xfd, bytes[0] == 0x28 { self = .zstd }
    if bytes.count >= 4, bytes[0] & 0xf0 == 0x50, bytes[1] == 0x2a, bytes[2] == 0x4d, bytes[3] == 0x18 { self = .zstd }
  }
}

extension ImportError {
  static func failed(_ call: String, _ path: String) -> ImportError {
    .system(SystemFailure(call: call, path: path, errno: errno))
  }
}

extension InputFile {
  /// The size of all files together; nil where one is a stream or can't be looked at, which opening it will tell.
  static func byteCount(of names: [String]) -> UInt64? {
    var total: UInt64 = 0
    for name in names {
      var status = stat()
      guard name != "-", stat(name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      total += UInt64(status.st_size)
    }
    return total
  }
}
