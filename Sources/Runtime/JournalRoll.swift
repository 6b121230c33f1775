package import Market

/// When a run seals its journal and goes on in another file.
///
/// Only ever between two slots; the first file holds at least what the rule says. It changes sequences, and so order ids, but no
/// decision: it is part of what names a run, and not of its profile's digest.
package enum JournalRoll: Hashable, Sendable, CustomStringConvertible {
  /// With the first slot of another UTC day. The instant 00:00 belongs to the day that ends then, as in the engine.
  case day
  /// With the first slot behind so many events of a file; at least 1.
  case events(UInt64)

  /// As profiles and the command line spell it.
  package var description: String {
    switch self {
    case .day: "day"
    case .events(let count): "\(count)"
    }
  }

  /// The rule that `text` spells; nil where it spells none.
  package init?(_ text: String) {
    if text == "day" {
      self = .day
      return
    }
    guard let count = UInt64(text), count >= 1, "\(count)" == text else { return nil }
    self = .events(count)
  }

  /// The UTC day that an instant belongs to, in days since 1970.
  package static func utcDay(of time: Timestamp) -> Int64 {
    time.nanos == .min ? time.utcDay : Timestamp(nanos: time.nanos - 1).utcDay
  }
}

/// Where the file that is being written ends.
struct RollSchedule {
  private let roll: JournalRoll?
  /// Inputs known after this instant belong into another file; the end of time where the rule is not about days.
  private(set) var dayEnd = Timestamp(nanos: .max)
  /// Inputs from this sequence on belong into another file.
  private(set) var sequenceEnd = UInt64.max

  init(_ roll: JournalRoll?, file: RunFile) {
    self.roll = roll
    begin(file)
  }

  mutating func begin(_ file: RunFile) {
    switch roll {
    case nil: return
    case .day:
      let (end, overflows) = (JournalRoll.utcDay(of: file.time) + 1)
        .multipliedReportingOverflow(by: Timestamp.nanosPerDay)
      dayEnd = Timestamp(nanos: overflows ? .max : end)
    case .events(let count):
      // Behind what every file begins with, at least one input: a file without one would be followed by another such.
      let leastCount: UInt64 = file.number == 1 ? 2 : 3
      let (end, overflows) = file.firstSequence.addingReportingOverflow(max(count, leastCount))
      sequenceEnd = overflows ? .max : end
    }
  }

  /// Whether an input of that time and sequence belongs into the next file.
  func isDue(_ time: Timestamp, sequence: UInt64) -> Bool { time > dayEnd || sequence >= sequenceEnd }
}
