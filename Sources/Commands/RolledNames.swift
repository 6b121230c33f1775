import ArgumentParser
import Foundation
import Journal
import Market
import Runtime

/// The names of the files of a run that rolls: `BASE-2026-01-31.zst` by days, `BASE-0001.zst` by size. They sort by name.
struct RolledNames {
  private let base: String

  /// - Parameter path: as of a run's one file; its `.zst` goes behind the day or number.
  init(_ path: String) { base = path.hasSuffix(".zst") ? String(path.dropLast(4)) : path }

  func path(of file: RunFile, _ roll: JournalRoll) -> String {
    switch roll {
    case .day:
      return "\(base)-\(Timestamp(nanos: JournalRoll.utcDay(of: file.time) * Timestamp.nanosPerDay).utcDate).zst"
    case .events:
      let digits = "\(file.number)"
      return "\(base)-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ".zst"
    }
  }

  /// Files that have such a name already, in order.
  func existing() -> [String] { siblings().filter { suffix($0).map(isFile) ?? false } }

  /// Names of files that were begun and not finished, in order.
  func unfinished() -> [String] {
    siblings().filter { $0.hasSuffix(".zst.partial") }.map { String($0.dropLast(".partial".count)) }
      .filter { suffix($0).map(isFile) ?? false }
  }

  /// Snapshots beside the run's files.
  func snapshots() -> [String] {
    siblings().filter { path in
      guard let rest = suffix(path), let end = rest.range(of: ".zst.snapshot-") else { return false }
      return isFile(String(rest[..<end.lowerBound]) + ".zst")
    }
  }

  /// Removes the files of an earlier run, and the snapshots beside them, that a new one under the same names did not write.
  func removeExisting(except paths: [String], snapshots: [String]) throws(FileError) {
    let disk = PosixDisk()
    var isChanged = false
    for path in siblings() where !paths.contains(path) && !snapshots.contains(path) {
      guard let rest = suffix(path) else { continue }
      let journal = rest.range(of: ".zst.snapshot-").map { String(rest[..<$0.lowerBound]) + ".zst" } ?? rest
      guard isFile(journal) else { continue }
      try disk.remove(path)
      isChanged = true
    }
    if isChanged { try disk.syncFolder(of: base) }
  }

  private func siblings() -> [String] {
    // By hand: Foundation's path functions trap on a relative path of one letter (6.3.1).
    let folder = base.lastIndex(of: "/").map { String(base[...$0]) } ?? ""
    // Only the folder itself: the enumerator would walk all below it too.
    guard let walk = FileManager.default.enumerator(atPath: folder.isEmpty ? "." : folder) else { return [] }
    var found: [String] = []
    for case let name as String in walk {
      walk.skipDescendants()
      found.append(folder + name)
    }
    return found.sorted()
  }

  /// What stands behind `BASE-`.
  private func suffix(_ path: String) -> String? {
    path.hasPrefix(base + "-") ? String(path.dropFirst(base.count + 1)) : nil
  }

  /// `2026-01-31.zst` or four digits and more.
  private func isFile(_ suffix: String) -> Bool {
    guard suffix.hasSuffix(".zst") else { return false }
    let name = suffix.dropLast(4)
    let isNumber = { (text: Substring, count: ClosedRange<Int>) in
      count.contains(text.count) && text.allSatisfy { ("0"..."9").contains($0) }
    }
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    if parts.count == 1 { return isNumber(name, 4...20) }
    return parts.count == 3 && isNumber(parts[0], 4...4) && isNumber(parts[1], 2...2) && isNumber(parts[2], 2...2)
  }
}

/// `day`, or a number of events.
struct RollArgument: ExpressibleByArgument {
  let roll: JournalRoll
  init?(argument: String) {
    guard let roll = JournalRoll(argument) else { return nil }
    self.roll = roll
  }
}
