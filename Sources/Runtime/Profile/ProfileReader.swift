import Market

/// Reads values out of a profile's tree and collects what is wrong, so that all of it is shown at once.
///
/// Each reading function gives nil where the value is absent or wrong, and in the second case has noted why.
struct ProfileReader {
  let source: ProfileSource
  private(set) var problems: [ProfileProblem] = []
  /// The limits that the profile says in so many words not to have.
  var unlimited: [UnlimitedLimit] = []

  init(source: ProfileSource) { self.source = source }

  mutating func note(_ fault: ProfileFault, at place: ProfileSource.Place, path: String) {
    problems.append(ProfileProblem(line: place.line, column: place.column, path: path, fault: fault))
  }

  mutating func note(_ fault: ProfileFault, at value: ProfileValue) {
    note(fault, at: value.place, path: value.path)
  }

  mutating func noteUnfit(_ value: ProfileValue, _ expected: ProfileExpectation) {
    note(.unfit(found: value.finding, expected: expected), at: value)
  }

  /// The entries of a mapping that may have `keys` alone.
  mutating func mapping(
    _ value: ProfileValue, keys: [String], expected: ProfileExpectation? = nil
  ) -> ProfileMapping? {
    guard var mapping = entries(value, expected ?? .mapping(keys: keys)) else { return nil }
    for entry in mapping.entries where !keys.contains(entry.key) {
      note(.unknownKey(entry.key, allowed: keys), at: entry.value.keyPlace, path: value.path)
    }
    mapping.entries.removeAll { !keys.contains($0.key) }
    return mapping
  }

  /// The entries of a mapping whose keys may be any text, each once.
  mutating func entries(_ value: ProfileValue, _ expected: ProfileExpectation) -> ProfileMapping? {
    guard let pairs = value.pairs(source) else {
      noteUnfit(value, expected)
      return nil
    }
    var mapping = ProfileMapping(value: value)
    var firstLines: [String: Int] = [:]
    for pair in pairs {
      let place = pair.value.keyPlace
      guard let key = pair.key else {
        note(.keyNotText, at: place, path: value.path)
        continue
      }
      if let firstLine = firstLines[key] {
        note(.repeatedKey(key, firstLine: firstLine), at: place, path: value.path)
        continue
      }
      firstLines[key] = place.line
      mapping.entries.append((key, pair.value))
    }
    return mapping
  }

  /// The value under a key that must be there.
  mutating func required(
    _ key: String, in mapping: ProfileMapping, _ expected: ProfileExpectation
  ) -> ProfileValue? {
    if let value = mapping[key] { return value }
    if !isMisspelt(key, in: mapping.value) {
      note(.missingKey(key, expected: expected), at: mapping.value.keyPlace, path: mapping.value.path)
    }
    return nil
  }

  /// Whether an unknown key of a mapping was already said to mean `key`, which then isn't missing too.
  func isMisspelt(_ key: String, in mapping: ProfileValue) -> Bool {
    problems.contains { problem in
      guard problem.path == mapping.path, case .unknownKey(let written, let allowed) = problem.fault else {
        return false
      }
      return NearestWord.nearest(to: written, in: allowed) == key
    }
  }

  /// The one of `keys` that says which model a mapping stands for.
  mutating func choice(of keys: [String], in mapping: ProfileMapping) -> String? {
    let found = mapping.entries.map(\.key).filter(keys.contains)
    if found.count == 1 { return found[0] }
    // A misspelt key was reported by its own name already.
    if found.isEmpty, mapping.entries.isEmpty, hasProblem(within: mapping.value) { return nil }
    note(.notOneOf(keys, found: found), at: mapping.value.keyPlace, path: mapping.value.path)
    return nil
  }

  private func hasProblem(within value: ProfileValue) -> Bool {
    problems.contains { $0.path == value.path }
  }
}

extension ProfileReader {
  /// The entry of `table` whose word stands there.
  mutating func word<T>(_ value: ProfileValue, _ table: [(word: String, meaning: T)]) -> T? {
    if let text = value.text, let entry = table.first(where: { $0.word == text }) { return entry.meaning }
    noteUnfit(value, .word(table.map(\.word)))
    return nil
  }

  mutating func flag(_ value: ProfileValue) -> Bool? {
    switch value.plainText {
    case "true": return true
    case "false": return false
    default:
      noteUnfit(value, .flag)
      return nil
    }
  }

  /// A number in units of 10⁻⁹.
  ///
  /// - Parameter expected: what messages ask for where that is more than a number.
  mutating func number(_ value: ProfileValue, _ rule: NumberRule, _ expected: ProfileExpectation? = nil) -> Int128? {
    let expected = expected ?? .number(rule)
    guard let text = value.plainText else {
      noteUnfit(value, expected)
      return nil
    }
    do throws(DecimalFault) {
      // Everything beyond the rule's decimals must be zero, so reading to that precision loses nothing.
      let scaled = try ExactDecimal.scaled(text, decimals: rule.decimalCount)
      let nanos = scaled * Int128(FixedPoint.powerOfTen(FixedPoint.decimalCount - rule.decimalCount))
      if rule.accepts(nanos) { return nanos }
      note(.outOfRange(text, expected: expected), at: value)
    } catch {
      note(error.fault(text, expected: expected), at: value)
    }
    return nil
  }

  mutating func integer(_ value: ProfileValue, _ range: ClosedRange<Int64>) -> Int64? {
    number(value, .whole(range)).map { Int64($0 / Int128(FixedPoint.unit)) }
  }

  /// A share in millionths.
  mutating func share(_ value: ProfileValue, _ rule: ShareRule, _ expected: ProfileExpectation? = nil) -> Int64? {
    let expected = expected ?? .share(rule)
    guard let text = value.text else {
      noteUnfit(value, expected)
      return nil
    }
    do throws(ShareFault) {
      let micros = try ShareText.micros(text)
      if rule.accepts(micros) { return Int64(micros) }
      note(.outOfRange(text, expected: expected), at: value)
    } catch {
      switch error {
      case .unitMissing: note(.unitMissing(text, expected: expected), at: value)
      case .decimal(let fault): note(fault.fault(text, expected: expected), at: value)
      }
    }
    return nil
  }

  /// A duration in nanoseconds.
  mutating func duration(
    _ value: ProfileValue, _ rule: DurationRule, _ expected: ProfileExpectation? = nil
  ) -> Int64? {
    let expected = expected ?? .duration(rule)
    guard let text = value.text else {
      noteUnfit(value, expected)
      return nil
    }
    do throws(DurationFault) {
      let nanos = try DurationText.nanos(text)
      if nanos > 0, nanos <= rule.high { return Int64(nanos) }
      note(.outOfRange(text, expected: expected), at: value)
    } catch {
      switch error {
      case .unitMissing: note(.unitMissing(text, expected: expected), at: value)
      case .decimal(let fault): note(fault.fault(text, expected: expected), at: value)
      }
    }
    return nil
  }

  /// A number with six decimals in millionths.
  mutating func micros(_ value: ProfileValue, _ rule: NumberRule, _ expected: ProfileExpectation? = nil) -> Int64? {
    number(value, rule, expected).map { Int64($0 / 1_000) }
  }
}

extension DecimalFault {
  func fault(_ text: String, expected: ProfileExpectation) -> ProfileFault {
    switch self {
    case .notNumber: .unfit(found: .text(text, isQuoted: false), expected: expected)
    case .leadingZero: .leadingZero(text)
    case .tooPrecise: .tooPrecise(text, expected: expected)
    case .tooLarge: .outOfRange(text, expected: expected)
    }
  }
}

extension NumberRule {
  static func whole(_ range: ClosedRange<Int64>) -> NumberRule {
    let unit = Int128(FixedPoint.unit)
    return NumberRule(low: Int128(range.lowerBound) * unit, high: Int128(range.upperBound) * unit, decimalCount: 0)
  }

  /// Above zero, at most `high` whole units.
  static func positive(_ high: Int128, decimalCount: Int = 9) -> NumberRule {
    NumberRule(low: 0, isLowIncluded: false, high: high * Int128(FixedPoint.unit), decimalCount: decimalCount)
  }

  func accepts(_ nanos: Int128) -> Bool { nanos <= high && (isLowIncluded ? nanos >= low : nanos > low) }
}

extension ShareRule {
  func accepts(_ micros: Int128) -> Bool {
    (isLowIncluded ? micros >= low : micros > low) && (isHighIncluded ? micros <= high : micros < high)
  }
}
