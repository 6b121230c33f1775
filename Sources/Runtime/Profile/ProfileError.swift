/// Everything that is wrong with a profile, in the order of the file. Nothing was done with it.
package struct ProfileError: Error, Hashable, Sendable {
  /// The name under which the profile was read, for people.
  package let file: String
  /// At least one; at most `ProfileError.problemCountMax` are kept.
  package let problems: [ProfileProblem]
  /// How many more there were.
  package let omittedCount: Int

  /// A file with more problems is no profile with slips but another kind of file.
  package static let problemCountMax = 100

  init(file: String, problems: [ProfileProblem]) {
    let sorted = problems.enumerated().sorted { left, right in
      (left.element.line, left.element.column, left.offset) < (right.element.line, right.element.column, right.offset)
    }.map(\.element)
    self.file = file
    self.problems = Array(sorted.prefix(ProfileError.problemCountMax))
    self.omittedCount = sorted.count - self.problems.count
  }
}

/// One thing that is wrong with a profile.
package struct ProfileProblem: Hashable, Sendable {
  /// Counted from 1.
  package let line: Int
  /// Counted from 1, in Unicode scalars.
  package let column: Int
  /// Where in the profile: `fills.fees.per_share`, `strategies[0].sma_cross.fast`; empty for the profile as a whole.
  package let path: String
  package let fault: ProfileFault
}

/// What is wrong at a place of a profile.
package enum ProfileFault: Hashable, Sendable {
  case tooLarge(bytes: Int, bytesMax: Int)
  /// The text is no YAML; `problem` in the words of the YAML reader.
  case syntax(problem: String)
  /// Nothing but blanks and comments.
  case empty
  /// More than one YAML document.
  case secondDocument
  /// A list or mapping stands where a key is due.
  case keyNotText
  case unknownKey(String, allowed: [String])
  case repeatedKey(String, firstLine: Int)
  case missingKey(String, expected: ProfileExpectation)
  /// A value of another kind than expected, or a text that is none of the expected ones.
  case unfit(found: ProfileFinding, expected: ProfileExpectation)
  /// More decimals than the value keeps.
  case tooPrecise(String, expected: ProfileExpectation)
  case outOfRange(String, expected: ProfileExpectation)
  /// `010`, which YAML readers understand differently.
  case leadingZero(String)
  /// A share without `%` or `bp`.
  case unitMissing(String, expected: ProfileExpectation)
  /// Exactly one of these keys says which model is meant.
  case notOneOf([String], found: [String])
  /// The key has a meaning only together with another one.
  case onlyWith(String)
  case emptyList(expected: ProfileExpectation)
  case tooMany(count: Int, countMax: Int)
  case repeatedSymbol(String, firstLine: Int)
  /// The first line is nil where that is in another file.
  case repeatedInstrument(String, firstLine: Int?)
  /// A symbol, list or sector that the catalogue of instruments doesn't have.
  case notInCatalogue(CatalogueWord, String, known: [String])
  /// A 30 February, an hour of 24.
  case noSuchInstant(String)
  /// A date's time of day without `Z` or an offset.
  case zoneMissing(String)
  /// More than one key in an item of the list of strategies.
  case severalStrategies(count: Int)
  /// The end is not after the start.
  case endNotAfterStart(start: String, end: String)
  /// An offset that the order type doesn't look at.
  case offsetWithoutUse(order: String, users: [String])
  case firstTierNotFromZero(String)
  case tierNotAscending(String, previous: String)
  /// A text stands where the place of a key is due: perhaps the key, so it is not shown.
  case keyInProfile
  /// A file of gates in which nothing stands.
  case noGates
  /// None of the keys that would say something is there.
  case noneOf([String])
  /// A limit for a symbol that the universe's list doesn't have.
  case notInUniverse(String, universe: [String])
  /// A strategy's name that stands several times in the profile's list, at these places.
  case ambiguousStrategy(String, places: [Int])
  /// A relation between a strategy's parameters, or between values of a rule, doesn't hold.
  case relation(requirement: String)
  /// A rule expression is wrong; line and column count from 1 within the expression.
  case expression(line: Int, column: Int, problem: String)
}

/// By what instruments are picked from the catalogue.
package enum CatalogueWord: Hashable, Sendable {
  case symbol
  case list
  case sector
  case sectorOfList(String)
}

/// What stands at a place of a profile.
package enum ProfileFinding: Hashable, Sendable {
  case nothing
  case text(String, isQuoted: Bool)
  case list
  case mapping
}

/// What may stand at a place of a profile.
package enum ProfileExpectation: Hashable, Sendable {
  case mapping(keys: [String])
  /// A mapping with one key that names the model, or one of the words.
  case model(words: [String], keys: [String])
  case name
  case path
  /// An address of one of these schemes, without user, query or fragment.
  case url(schemes: [String])
  case universe
  case instruments
  case instrument
  case symbol
  case instant
  case currency
  /// A key of `currencies`.
  case currencyEntry
  case strategies
  /// A strategy's name, alone or with its parameters.
  case strategy(names: [String])
  case tiers
  case tier
  case number(NumberRule)
  case share(ShareRule)
  case word([String])
  case flag
  case expression
  case duration(DurationRule)
  /// An amount of money or a share of equity.
  case loss(NumberRule, ShareRule)
  case hours
  case collarSteps
  case drawdownSteps
  case breakers
  case breaker(names: [String])
  /// Limits by name.
  case limitSets(example: String)
  /// What a limit may also be: in so many words none.
  indirect case limit(ProfileExpectation)
}

/// Which numbers are accepted.
package struct NumberRule: Hashable, Sendable {
  /// In units of 10⁻⁹.
  package var low: Int128
  /// False where the lowest number itself is refused.
  package var isLowIncluded = true
  package var high: Int128
  /// Digits behind the point that count; 0 for whole numbers.
  package var decimalCount: Int = 9
}

/// Which shares are accepted, in millionths.
package struct ShareRule: Hashable, Sendable {
  package var low: Int64
  /// False where the lowest share itself is refused.
  package var isLowIncluded = true
  package var high: Int64
  package var isHighIncluded = true
  /// A share that makes sense here, for the message.
  package var example: String
}

/// Which durations are accepted, in nanoseconds: above zero.
package struct DurationRule: Hashable, Sendable {
  package var high: Int64
  /// A duration that makes sense here, for the message.
  package var example: String
}
