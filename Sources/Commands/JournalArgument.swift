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

  /// The journal with all its files, where it is named by its run's id; the one file else.
  func chain(watchedAs title: String? = nil) throws -> JournalChain { try [self].chain(watchedAs: title) }

  /// The path: as written where there is such a file, else that of the run whose id begins so.
  ///
  /// - Throws: also for a run of several files, for commands that look at one.
  func path() throws -> String {
    guard let chain = try chainByRun() else { return existing ?? text }
    if chain.links.count > 1 {
      throw Failure("\(text) is a run of \(chain.links.count) files; name one of them, \(chain.path) for instance.")
    }
    return chain.path
  }

  /// The path, for what needs a file with a name.
  func namedPath() throws -> String {
    if text == "-" { throw Failure("stdin has no name and nothing beside it; give the journal's path.") }
    return try path()
  }

  /// The file that the argument names: as written, or the unfinished one of a run that is to have this name.
  fileprivate var existing: String? {
    [text, text + ".partial"].first { FileManager.default.fileExists(atPath: $0) }
  }

  /// The run whose id begins so; nil where the argument names a file.
  fileprivate func chainByRun() throws -> JournalChain? {
    if text == "-" || existing != nil { return nil }
    let isPrefix = text.count >= 4 && text.allSatisfy { $0.isHexDigit }
    guard isPrefix else {
      throw Failure("there is no file \(text); give a journal's path, or at least four digits of a run id in ./runs.")
    }
    let paths = try RunFolder.paths(ofRun: text)
    do throws(ChainError) {
      var links: [JournalChain.Link] = []
      for path in paths { links.append(try JournalChain.Link(UnheldFile(path: path))) }
      if let chain = JournalChain.longest(of: links).chain { return chain }
    } catch {
      throw Failure("\(error)")
    }
    throw Failure("the first journal of run \(text) is not in ./runs; name the files by their paths.")
  }
}

extension [JournalArgument] {
  /// The arguments' files as one journal, put into order.
  ///
  /// - Precondition: there is at least one argument.
  /// - Parameter title: shows how far the files were read under this title.
  /// - Parameter allowsFragments: whether a file that has lost its beginning, as `engine salvage` writes them, may stand alone.
  func chain(watchedAs title: String? = nil, allowsFragments: Bool = false) throws -> JournalChain {
    var files: [any JournalFile] = []
    for argument in self {
      if count == 1, let chain = try argument.chainByRun() {
        files += chain.links.map(\.file)
      } else {
        // One descriptor is held for one file; many are opened as they are read.
        files.append(
          count > 1 && argument.text != "-" ? UnheldFile(path: argument.existing ?? argument.text) : try argument.file()
        )
      }
    }
    if let title { files = try WatchedFile.watching(files, title: title) }
    do throws(ChainError) {
      return try JournalChain(files, allowsFragments: allowsFragments)
    } catch {
      throw Failure("\(error)")
    }
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
