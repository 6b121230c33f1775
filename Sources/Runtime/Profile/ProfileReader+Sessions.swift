import Core
import Market

/// What a profile says about markets' hours, and about a venue that isn't perfect.
extension ProfileReader {
  static let outsideWords: [(word: String, meaning: OutsideSession)] = [
    ("accept", .accept), ("flag", .flag), ("quarantine", .quarantine), ("refuse", .refuse),
  ]
  static let closedWords: [(word: String, meaning: ClosedMarket)] = [("wait", .wait), ("refuse", .refuse)]
  static let hoursWords: [(word: String, meaning: Bool)] = [("regular", false), ("extended", true)]
  static let calendarWords = CalendarName.allCases.map { (word: $0.word, meaning: $0) }

  mutating func sessions(_ value: ProfileValue?) -> SessionRule {
    var rule = SessionRule()
    guard let value, let mapping = mapping(value, keys: ["outside", "closed", "halted", "hours", "day"]) else {
      return rule
    }
    if let written = mapping["outside"], let read = word(written, ProfileReader.outsideWords) { rule.outside = read }
    if let written = mapping["closed"], let read = word(written, ProfileReader.closedWords) { rule.closed = read }
    if let written = mapping["halted"], let read = word(written, ProfileReader.closedWords) { rule.halted = read }
    if let written = mapping["hours"], let read = word(written, ProfileReader.hoursWords) { rule.isExtended = read }
    rule.dayCalendar = mapping["day"].flatMap { word($0, ProfileReader.calendarWords) }
    return rule
  }

  static let missingSplitWords: [(word: String, meaning: MissingSplit)] = [
    ("jump", .jump), ("alert", .alert), ("quarantine", .quarantine),
  ]

  mutating func corporateActions(_ value: ProfileValue?) -> ActionRule {
    var rule = ActionRule()
    guard let value, let mapping = mapping(value, keys: ["missing_split"]) else { return rule }
    if let written = mapping["missing_split"], let read = word(written, ProfileReader.missingSplitWords) {
      rule.missingSplit = read
    }
    return rule
  }

  mutating func friction(_ value: ProfileValue?) -> VenueFriction {
    var friction = VenueFriction()
    guard let value, let mapping = mapping(value, keys: ["rejects", "late_cancels", "seed"]) else { return friction }
    let rejects = ShareRule(low: 0, high: 1_000_000, example: "1 %")
    if let written = mapping["rejects"], let read = share(written, rejects) { friction.rejectMicros = read }
    if let written = mapping["late_cancels"], let read = flag(written) { friction.cancelsLate = read }
    if let written = mapping["seed"], let read = integer(written, 0...1_000_000_000_000) { friction.seed = read }
    return friction
  }
}
