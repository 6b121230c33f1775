import Glibc

/// A file that lives as long as this object: removed when it goes.
final class ScratchFile {
  let path: String
  private let descriptor: Int32
  private(set) var byteCount = 0

  init(folder: String) throws(ImportError) {
    var template = Array((folder + "/.engine-import-XXXXXX").utf8CString)
    let made = template.withUnsafeMutableBufferPointer { mkostemp($0.baseAddress, O_CLOEXEC) }
    let path = template.withUnsafeBufferPointer { buffer in
      String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    guard made >= 0 else { throw .failed("mkostemp", path) }
    self.path = path
    descriptor = made
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(ImportError) {
    var done = 0
    while done < bytes.count {
      let count = pwrite(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, byteCount)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { throw .failed("write", path) }
      done += count
      byteCount += count
    }
  }

  /// Fills all of `buffer` from `offset`.
  /// - Precondition: that much was appended.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) {
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, offset + done)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { throw .failed("read", path) }
      done += count
    }
  }
}
