import ArgumentParser
import Foundation
import Journal
import Projections

/// A journal on the command line: a path, `-` for stdin, or the first digits of a run id.
struct JournalArgument: ExpressibleByArgument {
  let text: String

  init(text: String) { self.text = text }
  init?(argument: String) { text = argument }
  static var defaultCompletionKind: CompletionKind { .file(extensions: ["zst"]) }

  /// The journal's file, opened for reading.
  ///
  /// - Parameter title: shows how far the file was read under this title; nil for commands that show their own progress.
  func file(watchedAs title: String? = nil) throws -> any JournalFile {
    if text == "-" { return try StandardInput.file.get() }
    let path = try path()
    do throws(FileError) {
      let file = try PosixFile.open(path: path, writable: false)
      return if let title { try WatchedFile(file, title: title) } else { file }
    } catch {
      throw Failure(error)
    }
  }

  func open() throws -> JournalReader {
    let file = try file()
    do throws(JournalError) {
      return try JournalReader(file: file)
    } catch {
      throw Failure(error)
    }
  }

  /// The path: as written where there is such a file, else that of the run whose id begins so.
  func path() throws -> String {
    if FileManager.default.fileExists(atPath: text) { return text }
    let isPrefix = text.count >= 4 && text.allSatisfy { $0.isHexDigit }
    guard isPrefix else {
      throw Failure("there is no file \(text); give a journal's path, or at least four digits of a run id in ./runs.")
    }
    return try RunFolder.path(ofRun: text)
  }
}

/// All that standard input has. Read once: some commands look into a journal twice.
private enum StandardInput {
  static let file: Result<MemoryFile, Failure> = {
    do throws(FileError) {
      return .success(try MemoryFile(reading: 0, path: "-"))
    } catch {
      return .failure(Failure(error))
    }
  }()
}
