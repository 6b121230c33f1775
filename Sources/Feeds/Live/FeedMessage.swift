public import Events
public import Market
import Wire

/// What a live feed says.
public enum FeedMessage: Hashable, Sendable {
  /// A closed bar, under the run's instrument index; `closesSlot` means nothing yet. Back-filled and warm-up bars are historical.
  case bar(Bar)
  /// Something a person should know, and that belongs in the journal.
  case notice(FeedNotice)
  /// All history that was asked for at the start has been given; from here on bars are fresh.
  case warmedUp
  /// Nothing will come any more (a journal or standard input at its end).
  case ended
}

extension WireFailure {
  /// What a failed request is told as: an answer that was too much for us came, everything else is a connection that didn't hold.
  var notice: NoticeCode {
    switch self {
    case .tooLarge: .invalidAnswer
    case .notSent, .unknown, .closedByPeer, .closedByUs: .disconnected
    }
  }
}

/// Something that happened at a feed; becomes a `Notice` event.
public struct FeedNotice: Hashable, Sendable {
  public var code: NoticeCode
  public var severity: AlertSeverity
  /// Name of the feed, such as `yahoo`.
  public var source: String
  public var instrument: InstrumentIndex?
  /// Meaning by code.
  public var first: Int64
  public var second: Int64
  public var text: String

  public init(
    _ code: NoticeCode, _ severity: AlertSeverity, source: String, instrument: InstrumentIndex? = nil, first: Int64 = 0,
    second: Int64 = 0, text: String = ""
  ) {
    self.code = code
    self.severity = severity
    self.source = source
    self.instrument = instrument
    self.first = first
    self.second = second
    self.text = text
  }
}
