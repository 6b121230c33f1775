import Market

/// A place in a rule's text: line and column count characters (Unicode scalars) from 1.
struct RulePlace: BitwiseCopyable, Hashable, Sendable {
  var line: Int
  var column: Int
}

/// What is wrong with a rule, and where.
struct RuleError: Error, Hashable, Sendable {
  let place: RulePlace
  let problem: String

  init(_ place: RulePlace, _ problem: String) {
    self.place = place
    self.problem = problem
  }
}

/// One word, number or sign of a rule.
struct RuleToken: Sendable {
  enum Kind: Hashable, Sendable {
    case name(String)
    /// In units of 10⁻⁹.
    case number(Int64)
    /// An operator, a parenthesis, a comma.
    case sign(String)
    case end
  }
  let kind: Kind
  let place: RulePlace
  /// Offsets in scalars: the token is `start ..< end` of the text.
  let start: Int
  let end: Int

  /// The token as a message shows it.
  func shown(in text: RuleText) -> String { kind == .end ? "the end" : "'\(text.slice(start, end))'" }
}

/// A rule's characters, cut into tokens.
struct RuleText: Sendable {
  let scalars: [Unicode.Scalar]

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// A part of the text, each run of white space as one blank.
  func slice(_ start: Int, _ end: Int) -> String {
    var part = ""
    for scalar in scalars[start..<end] {
      if !RuleText.isBlank(scalar) {
        part.unicodeScalars.append(scalar)
      } else if !part.isEmpty, !part.hasSuffix(" ") {
        part += " "
      }
    }
    return part
  }

  /// All tokens; the last is the end.
  func tokens() throws(RuleError) -> [RuleToken] {
    var tokens: [RuleToken] = []
    var place = RulePlace(line: 1, column: 1)
    var offset = 0
    while offset < scalars.count {
      let scalar = scalars[offset]
      if scalar == "\n" {
        place = RulePlace(line: place.line + 1, column: 1)
        offset += 1
      } else if RuleText.isBlank(scalar) {
        place.column += 1
        offset += 1
      } else {
        let (kind, end) = try token(at: offset, place)
        tokens.append(RuleToken(kind: kind, place: place, start: offset, end: end))
        place.column += end - offset
        offset = end
      }
    }
    tokens.append(RuleToken(kind: .end, place: place, start: offset, end: offset))
    return tokens
  }

  private func token(at start: Int, _ place: RulePlace) throws(RuleError) -> (RuleToken.Kind, Int) {
    let scalar = scalars[start]
    if RuleText.isLetter(scalar) {
      var end = start + 1
      while end < scalars.count, RuleText.isLetter(scalars[end]) || RuleText.isDigit(scalars[end]) { end += 1 }
      return (.name(slice(start, end)), end)
    }
    if RuleText.isDigit(scalar) { return try number(at: start, place) }
    let pair = start + 1 < scalars.count ? slice(start, start + 2) : ""
    if ["<=", ">=", "==", "!="].contains(pair) { return (.sign(pair), start + 2) }
    switch scalar {
    case "+", "-", "*", "/", "<", ">", "(", ")", ",": return (.sign(String(Character(scalar))), start + 1)
    case "=": throw RuleError(place, "a single '=' means nothing here; write '==' to compare")
    case "&": throw RuleError(place, "unexpected '&'; write 'and'")
    case "|": throw RuleError(place, "unexpected '|'; write 'or'")
    case "!": throw RuleError(place, "unexpected '!'; write 'not'")
    default: throw RuleError(place, "unexpected character '\(Character(scalar))'")
    }
  }

  private func number(at start: Int, _ place: RulePlace) throws(RuleError) -> (RuleToken.Kind, Int) {
    var end = start
    var hasPoint = false
    while end < scalars.count, RuleText.isDigit(scalars[end]) || (scalars[end] == "." && !hasPoint) {
      if scalars[end] == "." { hasPoint = true }
      end += 1
    }
    let written = slice(start, end)
    if end < scalars.count, RuleText.isLetter(scalars[end]) || scalars[end] == "." {
      throw RuleError(place, "'\(written)\(Character(scalars[end]))' is not a number")
    }
    do throws(FixedPointError) {
      return (.number(try written.fixedPointNanos()), end)
    } catch {
      switch error {
      case .tooPrecise: throw RuleError(place, "'\(written)' has more than nine decimals")
      case .outOfRange: throw RuleError(place, "'\(written)' is beyond 9223372036")
      case .noDigits, .unexpectedByte: throw RuleError(place, "'\(written)' is not a number")
      }
    }
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
  }
  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    (scalar >= "a" && scalar <= "z") || (scalar >= "A" && scalar <= "Z") || scalar == "_"
  }
}
