/// A closed list of stored numbers whose cases have one printed word each: `marketAtOpen` is `market_at_open` everywhere.
///
/// The words are made once a type from the cases' own names, so that neither a second spelling exists nor printing costs a
/// look into the program's metadata.
public protocol Worded: RawRepresentable, CaseIterable where RawValue == UInt8 {
  /// Words by raw value; empty where no case has it.
  static var words: [String] { get }
}

extension Worded {
  public var word: String { Self.words[Int(rawValue)] }

  /// The table that a conforming type keeps as `words`.
  public static func makeWords() -> [String] {
    var table = [String](repeating: "", count: 256)
    for value in allCases { table[Int(value.rawValue)] = snake("\(value)") }
    return table
  }

  private static func snake(_ name: String) -> String {
    var word = ""
    for character in name {
      if character.isUppercase { word += "_" + character.lowercased() } else { word.append(character) }
    }
    return word
  }
}
