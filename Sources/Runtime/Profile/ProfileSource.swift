import Yams

/// The YAML text of a profile as a tree of nodes with their places.
///
/// Yams stops at the first mapping in which a key stands twice. So that all repeated keys are listed together with all other problems,
/// the first of two equal keys gets another first letter and the text is read again, as often as needed; `renamedKeys` remembers
/// where, and `key(of:)` gives the true name.
struct ProfileSource {
  let root: Node
  let lines: [Substring]
  /// The first letters that were replaced, by place.
  private var renamedKeys: [Place: Character] = [:]

  struct Place: Hashable {
    let line: Int
    let column: Int
    init(_ mark: Mark?) {
      line = mark?.line ?? 1
      column = mark?.column ?? 1
    }
    init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }
  }

  /// The text as a whole can't be read.
  struct Failure: Error {
    let place: Place
    let fault: ProfileFault
  }

  /// A profile has a few dozen lines; a file beyond this was given by mistake.
  static let bytesMax = 256 * 1024

  init(yaml: String) throws(Failure) {
    guard yaml.utf8.count <= ProfileSource.bytesMax else {
      throw Failure(
        place: Place(nil), fault: .tooLarge(bytes: yaml.utf8.count, bytesMax: ProfileSource.bytesMax))
    }
    // A byte order mark would shift the first line's columns.
    var text = yaml.unicodeScalars.first == "\u{FEFF}" ? String(yaml.unicodeScalars.dropFirst()) : yaml
    var renamed: [Place: Character] = [:]
    var firstDuplicate: (place: Place, key: String)?
    while true {
      switch ProfileSource.read(text) {
      case .tree(let root):
        self.root = root
        self.lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        self.renamedKeys = renamed
        return
      case .failed(let failure):
        throw failure
      case .repeatedKey(let place, let key):
        if firstDuplicate == nil { firstDuplicate = (place, key) }
        guard let replaced = ProfileSource.rename(&text, at: place, count: renamed.count) else {
          // A key with an anchor or tag in front; the reader's own report has to do.
          throw Failure(place: place, fault: .repeatedKey(key, firstLine: place.line))
        }
        renamed[replaced.place] = replaced.letter
      }
    }
  }

  /// The key that was written.
  func key(of scalar: Node.Scalar) -> String {
    guard let letter = renamedKeys[Place(scalar.mark)] else { return scalar.string }
    return String(letter) + scalar.string.dropFirst()
  }
}

extension ProfileSource {
  private enum Outcome {
    case tree(Node)
    case repeatedKey(Place, String)
    case failed(Failure)
  }

  private static func read(_ text: String) -> Outcome {
    do {
      // The encoding is named because Yams would otherwise look for one in the environment.
      let parser = try Parser(yaml: text, encoding: .utf8)
      guard let root = try parser.singleRoot() else { return .failed(Failure(place: Place(nil), fault: .empty)) }
      return .tree(root)
    } catch let error as YamlError {
      return outcome(of: error)
    } catch {
      return .failed(Failure(place: Place(nil), fault: .syntax(problem: "\(error)")))
    }
  }

  private static func outcome(of error: YamlError) -> Outcome {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
      let text = [context?.text, problem].compactMap { $0 }.joined(separator: ", ")
      return .failed(Failure(place: Place(mark), fault: .syntax(problem: text)))
    case .composer(_, let problem, let mark, _):
      let isSecondDocument = problem.contains("another document")
      return .failed(
        Failure(place: Place(mark), fault: isSecondDocument ? .secondDocument : .syntax(problem: problem)))
    case .reader(let problem, let offset, _, let yaml):
      let before = yaml.prefix(offset ?? 0).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      let place = Place(line: max(1, before.count), column: (before.last?.unicodeScalars.count ?? 0) + 1)
      return .failed(Failure(place: place, fault: .syntax(problem: problem)))
    case .duplicatedKeysInMapping(let duplicates, let context):
      return .repeatedKey(Place(context.mark), duplicates.first ?? "")
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      return .failed(Failure(place: Place(nil), fault: .syntax(problem: "\(error)")))
    }
  }

  /// Replaces the first letter of the key at `place` by the next of the letters that Unicode leaves to private use.
  /// - Returns: nil where no plain or quoted key begins there, or there are no more letters.
  private static func rename(_ text: inout String, at place: Place, count: Int) -> (place: Place, letter: Character)? {
    var scalars = Array(text.unicodeScalars)
    guard count < 1_000, let letterSubstitute = Unicode.Scalar(0xE000 + UInt32(count)) else { return nil }
    var offset = 0
    var line = 1
    while line < place.line, offset < scalars.count {
      let isPair = scalars[offset] == "\r" && offset + 1 < scalars.count && scalars[offset + 1] == "\n"
      if !isPair, lineBreaks.contains(scalars[offset]) { line += 1 }
      offset += 1
    }
    offset += place.column - 1
    guard offset + 1 < scalars.count else { return nil }
    if scalars[offset] == "\"" || scalars[offset] == "'" { offset += 1 }
    let letter = scalars[offset]
    guard letter.properties.isAlphabetic || letter == "_" || ("0"..."9").contains(letter) else { return nil }
    scalars[offset] = letterSubstitute
    text = String(String.UnicodeScalarView(scalars))
    return (place, Character(letter))
  }

  /// Where libyaml begins a new line.
  private static let lineBreaks: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]
}
