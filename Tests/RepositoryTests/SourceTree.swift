import Foundation

/// The repository as files, found from where this file was compiled.
enum SourceTree {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  struct File {
    /// Relative to the root, with `/`.
    let path: String
    let text: String
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    /// Text without comments and without what stands between quotes, line by line.
    var code: [String] { SourceTree.codeLines(of: text) }
  }

  /// All files under `folder` whose name ends in one of `extensions`, ordered by path; none where the folder isn't there.
  static func files(under folder: String, extensions: Set<String>) throws -> [File] {
    let start = root.appending(path: folder)
    guard let paths = FileManager.default.enumerator(atPath: start.path) else { return [] }
    return try paths.compactMap { $0 as? String }.sorted()
      .filter { extensions.contains(($0 as NSString).pathExtension) && !$0.contains(".build/") }
      .map { File(path: "\(folder)/\($0)", text: try String(contentsOf: start.appending(path: $0), encoding: .utf8)) }
  }

  static func swiftFiles(of room: String) throws -> [File] {
    try files(under: "Sources/\(room)", extensions: ["swift"])
  }

  static func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// Folder names under `Sources`.
  static func rooms() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Sources").path).sorted()
      .filter { !$0.hasPrefix(".") }
  }

  /// Cuts line comments, block comments and string literals off; what is left is code. Multi-line literals are cut whole,
  /// interpolations with them.
  static func codeLines(of text: String) -> [String] {
    var lines: [String] = []
    var isInBlockComment = false
    var isInLongLiteral = false
    for line in text.components(separatedBy: "\n") {
      var code = ""
      var rest = Substring(line)
      var isInLiteral = false
      while !rest.isEmpty {
        if isInBlockComment {
          guard let end = rest.range(of: "*/") else { break }
          rest = rest[end.upperBound...]
          isInBlockComment = false
        } else if isInLongLiteral {
          guard let end = rest.range(of: "\"\"\"") else { break }
          rest = rest[end.upperBound...]
          isInLongLiteral = false
        } else if isInLiteral {
          let byte = rest.removeFirst()
          if byte == "\\" { rest = rest.dropFirst() }
          if byte == "\"" { isInLiteral = false }
        } else if rest.hasPrefix("//") {
          break
        } else if rest.hasPrefix("/*") {
          isInBlockComment = true
        } else if rest.hasPrefix("\"\"\"") {
          rest = rest.dropFirst(3)
          isInLongLiteral = true
        } else {
          let byte = rest.removeFirst()
          if byte == "\"" { isInLiteral = true } else { code.append(byte) }
        }
      }
      lines.append(code)
    }
    return lines
  }
}

extension String {
  /// True where `word` occurs and no letter, digit or underscore touches it.
  func containsWord(_ word: String) -> Bool {
    var start = startIndex
    while let found = range(of: word, range: start..<endIndex) {
      let before = found.lowerBound == startIndex ? nil : self[index(before: found.lowerBound)]
      let after = found.upperBound == endIndex ? nil : self[found.upperBound]
      func touches(_ character: Character?) -> Bool {
        character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
      }
      if !touches(before) && !touches(after) { return true }
      start = found.upperBound
    }
    return false
  }

  /// `OrderBookData` as `Order`, `Book`, `Data`.
  var camelWords: [String] {
    var words: [String] = []
    for character in self {
      if character.isUppercase || words.isEmpty { words.append("") }
      words[words.count - 1].append(character)
    }
    return words
  }
}
