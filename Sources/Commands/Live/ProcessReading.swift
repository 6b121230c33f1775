import Foundation
import Runtime

/// What this process uses, as Linux tells it.
enum ProcessReading {
  static func figures() -> ProcessFigures? {
    // Pages: all, resident, …
    guard let pages = fields(of: "/proc/self/statm"), pages.count > 1, let resident = Int64(pages[1]) else {
      return nil
    }
    guard let walk = opendir("/proc/self/fd") else { return nil }
    // Without `.`, `..` and the walk's own.
    var descriptors: Int64 = -3
    while readdir(walk) != nil { descriptors += 1 }
    closedir(walk)
    // The name in brackets may hold blanks; behind it the threads are the 18th.
    guard let text = contents(of: "/proc/self/stat"), let end = text.lastIndex(of: ")") else { return nil }
    let rest = text[text.index(after: end)...].split(separator: " ")
    guard rest.count > 17, let threads = Int64(rest[17]) else { return nil }
    return ProcessFigures(
      residentBytes: resident * Int64(sysconf(Int32(_SC_PAGESIZE))), descriptors: descriptors, threads: threads)
  }

  private static func fields(of path: String) -> [Substring]? { contents(of: path)?.split(separator: " ") }

  private static func contents(of path: String) -> String? {
    guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
