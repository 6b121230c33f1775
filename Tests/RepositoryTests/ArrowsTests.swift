import Foundation
import Testing

/// What may import what: Package.swift draws the arrows between rooms, and the pure rooms see nothing that could make two runs
/// differ.
@Suite struct ArrowsTests {
  static let pureRooms = ["Market", "Events", "Strategies", "Core"]

  /// The rooms that `room` may import, by Package.swift: names of its dependencies that are folders in Sources.
  static func arrows() throws -> [String: Set<String>] {
    let package = try SourceTree.text(of: "Package.swift")
    let target = try Regex(#"\.(?:target|executableTarget)\(\s*name: "(\w+)"(.*?)swiftSettings"#).dotMatchesNewlines()
    var arrows: [String: Set<String>] = [:]
    for match in package.matches(of: target) {
      let name = String(match.output[1].substring ?? "")
      let rest = String(match.output[2].substring ?? "")
      // Dependencies on packages' products are named there too; they are no rooms and so harm nothing here.
      let names = rest.matches(of: try Regex(#""(\w+)""#)).compactMap { $0.output[1].substring.map(String.init) }
      arrows[name] = Set(names)
    }
    return arrows
  }

  static func imports(_ file: SourceTree.File) -> [String] {
    file.code.compactMap { line in
      let words = line.split(separator: " ")
      guard let at = words.firstIndex(of: "import"), at + 1 < words.count else { return nil }
      guard words[..<at].allSatisfy({ $0.hasPrefix("@") || ["public", "package", "internal", "private"].contains($0) })
      else { return nil }
      // `import struct Foundation.URL` names a part of a module.
      let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
      let name = kinds.contains(String(words[at + 1])) && at + 2 < words.count ? words[at + 2] : words[at + 1]
      return String(name.split(separator: ".")[0])
    }
  }

  @Test("finds every room of Sources in Package.swift")
  func roomsAreTargets() throws {
    let package = try SourceTree.text(of: "Package.swift")
    for room in try SourceTree.rooms() {
      #expect(package.contains("name: \"\(room)\""), "Sources/\(room) is no target")
    }
    #expect(try Self.arrows()["Core"] == ["Market", "Events", "Strategies"])
  }

  @Test("imports in each room only what Package.swift's arrows allow")
  func importsFollowArrows() throws {
    let rooms = Set(try SourceTree.rooms())
    for (room, allowed) in try Self.arrows() where rooms.contains(room) {
      for file in try SourceTree.swiftFiles(of: room) {
        for name in Self.imports(file) where rooms.contains(name) {
          #expect(allowed.contains(name), "\(file.path) imports \(name), which Package.swift doesn't give to \(room)")
        }
      }
    }
  }

  @Test("draws arrows downwards only: a room stands behind all it imports")
  func arrowsPointDown() throws {
    let package = try SourceTree.text(of: "Package.swift")
    for (room, allowed) in try Self.arrows() {
      let own = try #require(package.range(of: "name: \"\(room)\"")).lowerBound
      for name in allowed {
        guard let other = package.range(of: "arget(name: \"\(name)\"") ?? package.range(of: "  name: \"\(name)\"")
        else {
          continue
        }
        #expect(other.lowerBound < own, "\(room) imports \(name), which stands behind it")
      }
    }
  }

  @Test("imports nothing but rooms in the pure rooms", arguments: pureRooms)
  func pureRoomsImportRooms(_ room: String) throws {
    for file in try SourceTree.swiftFiles(of: room) {
      for name in Self.imports(file) {
        #expect(Self.pureRooms.contains(name), "\(file.path) imports \(name)")
      }
    }
  }

  @Test("names no clock, environment, randomness or thread in the pure rooms", arguments: pureRooms)
  func pureRoomsNameNothingImpure(_ room: String) throws {
    let banned = [
      "Foundation", "Date", "ContinuousClock", "SuspendingClock", "ProcessInfo", "getenv", "CommandLine",
      "SystemRandomNumberGenerator", "random", "shuffled", "shuffle", "randomElement", "Task", "async", "await",
      "Mirror",
      "hashValue", "Hasher", "ObjectIdentifier", "Locale", "print", "readLine",
    ]
    for file in try SourceTree.swiftFiles(of: room) {
      for (number, line) in file.code.enumerated() {
        for word in banned where line.containsWord(word) {
          Issue.record("\(file.path):\(number + 1): \(word)")
        }
      }
    }
  }

  /// A dictionary or set may be asked, but never walked: its order differs from process to process. Found by name: what is declared
  /// as one in a file must not stand behind `in`, nor be mapped, reduced or joined there.
  @Test("walks no dictionary or set in the pure rooms", arguments: pureRooms)
  func pureRoomsWalkNoHashOrder(_ room: String) throws {
    let declaration = try Regex(
      #"(?:let|var)\s+(\w+)\s*(?::\s*(?:\[\s*[\w.]+\s*:\s*[^\]]+\]|Set<|Dictionary<)|=\s*(?:Set[<(]|Dictionary[<(]|\[[^\]]*:\s*[^\]]*\]\(\)))"#
    )
    let walks = [
      "forEach", "map", "flatMap", "compactMap", "reduce", "filter", "keys", "values", "first", "enumerated",
    ]
    for file in try SourceTree.swiftFiles(of: room) {
      let code = file.code.joined(separator: "\n")
      let names = Set(code.matches(of: declaration).compactMap { $0.output[1].substring.map(String.init) })
      for (number, line) in file.code.enumerated() {
        for name in names {
          let isWalked =
            line.contains("in \(name) ") || line.contains("in \(name){")
            || walks.contains { line.contains("\(name).\($0)") && !line.contains("\(name).\($0).sorted") }
          if isWalked { Issue.record("\(file.path):\(number + 1) walks \(name)") }
        }
      }
    }
  }
}
