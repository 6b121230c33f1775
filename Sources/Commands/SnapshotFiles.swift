import Foundation
import Journal
import Runtime

/// The snapshots beside one file of a run.
struct SnapshotFiles: Sendable {
  private let link: JournalChain.Link

  private let path: String

  init(_ link: JournalChain.Link) {
    self.link = link
    path = link.path
  }

  /// Those of a file that is not finished, and so has another name yet.
  init(_ link: JournalChain.Link, of path: String) {
    self.link = link
    self.path = path.hasSuffix(".partial") ? String(path.dropLast(".partial".count)) : path
  }

  /// The state that the file begins in; nil where it isn't there.
  func start() -> (bytes: [UInt8], path: String)? {
    read(Snapshot.path(journal: path, sequence: link.summary.firstSequence))
  }

  func read(_ path: String) -> (bytes: [UInt8], path: String)? {
    FileManager.default.contents(atPath: path).map { (Array($0), path) }
  }

  /// Those that were taken at or before an event, the newest first.
  func paths(through sequence: UInt64) -> [String] {
    SnapshotFiles.beside(path).filter { $0.sequence <= sequence + 1 }.map(\.path)
  }

  /// All that were kept within the files of a run, the newest first.
  static func kept(_ chain: JournalChain) -> [KeptSnapshot] {
    chain.links.reversed().flatMap { link in
      let files = SnapshotFiles(link, of: link.path)
      return beside(files.path).map { sequence, path in
        KeptSnapshot(sequence: sequence, path: path) { files.read(path)?.bytes }
      }
    }
  }

  /// Those beside a journal, by the sequence of the next event, the newest first.
  static func beside(_ path: String) -> [(sequence: UInt64, path: String)] {
    guard path != "-" else { return [] }
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    let prefix = url.lastPathComponent + ".snapshot-"
    // Only the folder itself: the enumerator would walk all below it too.
    guard let walk = FileManager.default.enumerator(atPath: folder) else { return [] }
    var names: [String] = []
    for case let name as String in walk {
      walk.skipDescendants()
      names.append(name)
    }
    return names.filter { $0.hasPrefix(prefix) }
      .compactMap { name in UInt64(name.dropFirst(prefix.count)).map { (sequence: $0, name: name) } }
      .sorted { $0.sequence > $1.sequence }
      .map { ($0.sequence, folder + "/" + $0.name) }
  }
}
