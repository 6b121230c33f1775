import Foundation
import Testing

/// Rules that every file keeps, whatever it is about. Exceptions are listed by name with what they may still be; such a list only
/// shrinks.
@Suite struct TidyTests {
  static let lineCountMax = 450
  /// Files that are longer today: no longer than this, and off the list once they are short.
  static let longFiles: [String: Int] = [:]

  /// Names that carry a banned word because the field's own word does.
  static let nameExceptions: Set<String> = [
    // An alternative-data point, as DESIGN.md calls it.
    "DataPoint"
  ]

  static func allSwift() throws -> [SourceTree.File] {
    try ["Sources", "Tests", "tools", "Examples"].flatMap { try SourceTree.files(under: $0, extensions: ["swift"]) }
  }

  @Test("cuts comments and literals off before it looks at code")
  func codeLines() {
    let lines = SourceTree.codeLines(
      of: "let a = \"TODO \\\" // x\" + b // TODO\n/* try! */ c\n\"\"\"\nas! d\n\"\"\".e\n")
    #expect(lines == ["let a =  + b ", " c", "", "", ".e", ""])
    #expect("a = random()".containsWord("random"))
    #expect(!"randomised".containsWord("random"))
    #expect("OrderBookData".camelWords == ["Order", "Book", "Data"])
  }

  @Test("keeps files short enough to be read at one sitting")
  func fileLength() throws {
    for file in try Self.allSwift() {
      let lineCount = file.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
      let limit = Self.longFiles[file.path] ?? Self.lineCountMax
      #expect(lineCount <= limit, "\(file.path) has \(lineCount) lines")
      if Self.longFiles[file.path] != nil {
        #expect(lineCount > Self.lineCountMax, "\(file.path) is short now: take it off the list")
      }
    }
    for path in Self.longFiles.keys {
      #expect(FileManager.default.fileExists(atPath: SourceTree.root.appending(path: path).path), "\(path) is gone")
    }
  }

  @Test("names no type and no file after what says nothing")
  func names() throws {
    let banned: Set<String> = [
      "Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Handler", "Processor", "Service",
      "Data",
      "Info", "Base", "Common", "Impl", "My", "New", "Misc",
    ]
    let declaration = try Regex(#"\b(?:struct|class|enum|actor|protocol|typealias)\s+([A-Z]\w*)"#)
    for file in try Self.allSwift() {
      let stem = file.name.split(separator: ".")[0].split(separator: "+")[0]
      var names = [String(stem)]
      for line in file.code {
        names += line.matches(of: declaration).compactMap { $0.output[1].substring.map(String.init) }
      }
      for name in names where !Self.nameExceptions.contains(name) {
        // New York is a city.
        let words = name.replacing("NewYork", with: "").camelWords
        for word in words where banned.contains(word) { Issue.record("\(file.path): \(name) says nothing by \(word)") }
        #expect(name.last != "2", "\(file.path): \(name)")
      }
    }
  }

  @Test("forces nothing, hides no error and leaves nothing to do in the sources")
  func leftovers() throws {
    for file in try SourceTree.files(under: "Sources", extensions: ["swift"]) {
      for (number, line) in file.code.enumerated() {
        for phrase in ["try!", "as!", "try?", "unowned(unsafe)", "unsafeBitCast"] where line.contains(phrase) {
          Issue.record("\(file.path):\(number + 1): \(phrase)")
        }
      }
      for (number, line) in file.text.components(separatedBy: "\n").enumerated() {
        for word in ["TODO", "FIXME", "XXX", "HACK"] where line.containsWord(word) {
          Issue.record("\(file.path):\(number + 1): \(word)")
        }
      }
    }
  }

  @Test("switches no test off and lets none sleep")
  func testsRun() throws {
    let banned = [".disabled(", "withKnownIssue", "XCTSkip", ".enabled(if", "Task.sleep", "Thread.sleep", "usleep("]
    for file in try SourceTree.files(under: "Tests", extensions: ["swift"]) {
      for (number, line) in file.code.enumerated() {
        for phrase in banned where line.contains(phrase) { Issue.record("\(file.path):\(number + 1): \(phrase)") }
      }
    }
  }

  @Test("keeps golden bytes for every event kind and none for others")
  func goldenBytes() throws {
    var expected: Set<String> = []
    for file in try SourceTree.files(under: "Sources/Events/Kinds", extensions: ["swift"]) {
      let match = try #require(
        file.text.firstMatch(of: try Regex(#"static let name: StaticString = "(\w+)""#)), "\(file.path) names no kind")
      expected.insert("\(match.output[1].substring ?? "")")
    }
    let found = Set(
      try SourceTree.files(under: "Tests/EventsTests/Golden", extensions: ["hex"]).map {
        String($0.name.split(separator: ".")[0])
      })
    #expect(found == expected)
  }

  @Test("mentions every golden file's folder in a test")
  func goldenFoldersAreRead() throws {
    let tests = try SourceTree.files(under: "Tests", extensions: ["swift"])
    for target in Set(tests.map { String($0.path.split(separator: "/")[1]) }) {
      let folder = SourceTree.root.appending(path: "Tests/\(target)/Golden")
      let contents = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      let files = contents.filter { !$0.hasPrefix(".") }
      if files.isEmpty { continue }
      #expect(
        tests.contains { $0.path.hasPrefix("Tests/\(target)/") && $0.text.contains("Golden") },
        "no test of \(target) reads its golden files")
    }
  }

  @Test("mentions every profile and every import spec in a test or in the README")
  func configurationIsUsed() throws {
    var texts = try SourceTree.files(under: "Tests", extensions: ["swift", "sh", "py"]).map(\.text)
    texts += try SourceTree.files(under: "tools", extensions: ["swift", "sh", "py"]).map(\.text)
    for name in ["README.md", "Makefile"] {
      let path = SourceTree.root.appending(path: name).path
      if FileManager.default.fileExists(atPath: path) { texts.append(try SourceTree.text(of: name)) }
    }
    for folder in ["config/profiles", "config/specs"] {
      for file in try SourceTree.files(under: folder, extensions: ["yaml", "yml", "json"]) {
        let stem = String(file.name.split(separator: ".")[0])
        #expect(texts.contains { $0.contains(stem) }, "\(file.path) is used by no test and not in the README")
      }
    }
  }
}
