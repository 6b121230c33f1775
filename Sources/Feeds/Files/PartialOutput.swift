import Glibc
import Journal

/// A journal in the making: it gets its name when it is whole, and vanishes when it doesn't become so.
final class PartialOutput {
  private let path: String
  private let target: ImportRequest.Output
  private var isKept = false
  let file: PosixFile

  /// - Throws: `outputExists`, `outputNotAFile` before anything is read.
  static func check(_ output: ImportRequest.Output, replaces: Bool) throws(ImportError) {
    guard case .file(let path) = output else { return }
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT != S_IFREG { throw .outputNotAFile(path: path) }
    if !replaces { throw .outputExists(path: path) }
  }

  /// Where scratch files go: beside the output, which has room for its content.
  static func scratchFolder(_ output: ImportRequest.Output) -> String {
    switch output {
    case .file(let path): folder(of: path)
    case .standardOutput: getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    }
  }

  init(_ output: ImportRequest.Output) throws(ImportError) {
    target = output
    switch output {
    case .file(let path): self.path = path + ".partial"
    case .standardOutput:
      self.path = PartialOutput.scratchFolder(output) + "/.engine-import-\(getpid()).zst"
    }
    do throws(FileError) {
      // What an import killed halfway left behind is of no use to anyone.
      file = try PosixFile.create(path: path, replacing: true)
    } catch {
      throw .system(SystemFailure(call: error.operation.rawValue, path: error.path, errno: error.code))
    }
  }

  deinit {
    if !isKept { unlink(path) }
  }

  /// Gives the sealed and synced journal its name, or copies it to standard output.
  func finish() throws(ImportError) {
    switch target {
    case .file(let final):
      guard rename(path, final) == 0 else { throw .failed("rename", final) }
      isKept = true
      let folder = PartialOutput.folder(of: final)
      let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard descriptor >= 0 else { throw .failed("open", folder) }
      defer { close(descriptor) }
      // Some file systems can't sync a folder and say EINVAL; there is nothing more to do on them.
      if fsync(descriptor) != 0 && errno != EINVAL { throw .failed("fsync", folder) }
    case .standardOutput:
      let descriptor = try InputFile.open(path)
      defer { close(descriptor) }
      let stream = StreamFile(descriptor: STDOUT_FILENO, path: "-")
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: RowLimits.chunkBytes, alignment: 16)
      defer { buffer.deallocate() }
      while true {
        let count = try InputFile.read(descriptor, into: buffer, path: path)
        if count == 0 { return }
        do throws(FileError) {
          try stream.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        } catch {
          throw .system(SystemFailure(call: error.operation.rawValue, path: error.path, errno: error.code))
        }
      }
    }
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
