package import Brokers
import Core
package import Events
import Feeds
package import Journal
package import Market
package import Strategies
import Wire

/// What a live run needs besides its inputs. Nothing in it reads a clock or opens anything: what has to be measured is handed in.
package struct LiveRequest {
  package var profile: Profile
  package var settings: LiveSettings
  package var mode: RunMode
  package var catalog: StrategyCatalog
  package var instruments: [Instrument]
  /// Where bars come from.
  package var feed: any LiveFeed
  /// Where orders go; nil where the reducer simulates them.
  package var venue: (any VenueMachine)?
  /// Whether orders leave, and what decided so.
  package var submission: Submission
  package var journal: JournalOptions
  package var roll: JournalRoll?
  /// What people, signals and kill switches tell the run.
  package var desk: ControlDesk
  /// How long the run goes on after its first step or, where the clock jumps, its first bar, in nanoseconds of its clock; nil to run on.
  package var stopAfterNanos: Int64?
  /// How often the clock is read into the journal between slots, in nanoseconds; nil for before each slot alone, as where a journal plays at any speed.
  package var timerNanos: Int64?
  /// How long a slot waits for its last bars, in nanoseconds; nil for until later ones come.
  package var graceNanos: Int64?
  /// How many events lie between two snapshots of the state; nil to keep none.
  package var snapshotEvents: UInt64? = 100_000
  /// Nanoseconds of a clock that only goes forward, for what the run measures of itself.
  package var stopwatch: @Sendable () -> Int64
  /// Corporate actions beside the feed, for a simulated venue: a real one's account has them by itself.
  package var actions: ActionSchedule?
  /// Of tests alone.
  package var defects = LiveDefects()
  /// Whether the process ends where it is: of tests and debug builds alone.
  package var endsAt: @Sendable (FailPoint) -> Bool = { _ in false }
  /// What the process uses; nil where nobody measures.
  package var figures: @Sendable () -> ProcessFigures?
  package init(
    profile: Profile, settings: LiveSettings, mode: RunMode, catalog: StrategyCatalog, instruments: [Instrument],
    feed: any LiveFeed, venue: (any VenueMachine)? = nil, submission: Submission,
    journal: JournalOptions = JournalOptions(durability: .commit), roll: JournalRoll? = nil,
    desk: ControlDesk = ControlDesk(), stopAfterNanos: Int64? = nil, timerNanos: Int64? = LiveRequest.timerNanos,
    graceNanos: Int64? = LiveRequest.graceNanos,
    stopwatch: @escaping @Sendable () -> Int64 = { 0 }, figures: @escaping @Sendable () -> ProcessFigures? = { nil }
  ) {
    self.profile = profile
    self.settings = settings
    self.mode = mode
    self.catalog = catalog
    self.instruments = instruments
    self.feed = feed
    self.venue = venue
    self.submission = submission
    self.journal = journal
    self.roll = roll
    self.desk = desk
    self.stopAfterNanos = stopAfterNanos
    self.timerNanos = timerNanos
    self.graceNanos = graceNanos
    self.stopwatch = stopwatch
    self.figures = figures
  }

  /// Often enough for a staleness guard of some seconds, and 17,280 events a day.
  package static let timerNanos: Int64 = 5_000_000_000
  /// Yahoo's bars of one minute come within some ten seconds of one another.
  package static let graceNanos: Int64 = 15_000_000_000
}

/// Whether a run's orders leave the process.
package struct Submission: Hashable, Sendable {
  package var isAllowed: Bool
  /// Which switches say so, for the journal.
  package var reason: String
  package init(isAllowed: Bool, reason: String) {
    self.isAllowed = isAllowed
    self.reason = reason
  }
}

/// What a process uses.
package struct ProcessFigures: Hashable, Sendable {
  package var residentBytes: Int64
  package var descriptors: Int64
  package var threads: Int64
  package init(residentBytes: Int64, descriptors: Int64, threads: Int64) {
    self.residentBytes = residentBytes
    self.descriptors = descriptors
    self.threads = threads
  }
}
