import Market

/// One order as the desk knows it.
struct DeskOrder: Hashable, Sendable {
  var ticket: OrderTicket
  /// When its intent was made.
  var intendedAt: Timestamp
  var standing: DeskStanding
  /// The venue has told of it: it arrived, whatever else is unknown. Such an order is never sent again.
  var isKnown: Bool
  var cancel = DeskCancel.none
  var reduction = DeskReduction.none
  /// Sum of the fills that came with trade ids.
  var filled = Quantity.zero
  var trades: [String] = []
  /// A search found it nowhere: it may be sent again, and has not been since.
  var wasProvedAbsent = false
  /// It was told that the order has to wait.
  var hasWaited = false

  var isOver: Bool { if case .over = standing { true } else { false } }
}

/// Where an order stands. Whether it may exist at the venue is all that matters here; how much of it filled is the reducer's to know.
enum DeskStanding: Hashable, Sendable {
  /// Certainly not at the venue: never sent, certainly not taken, or its absence is proved. To be sent from then on.
  case waiting(until: Timestamp)
  /// Handed over, not answered. Behind the deadline its outcome is unknown.
  case submitting(VenueCall, deadline: Timestamp)
  /// It may be at the venue or not, and is being asked for.
  case unknown(Inquiry)
  /// It is at the venue, as far as was said; with an inquiry where that is in doubt (a lost connection, a cancel without a report).
  case working(Inquiry?)
  /// It is over, but fills that the venue counted have not come. `report` is held back until they have.
  case settling(Inquiry, OrderReport?)
  case over
}

/// Questions about one order.
struct Inquiry: Hashable, Sendable {
  /// Answers so far that didn't settle it.
  var attempt = 0
  var step: Step
  /// The venue's clock at some instant after the last moment at which the order can have been sent; nil until the venue has told. Absence is counted from here on by the
  /// venue's clock alone, so that no jump of ours can shorten it.
  var base: Timestamp?
  /// The window has passed: the next question looks everywhere.
  var isSearch = false

  enum Step: Hashable, Sendable {
    case due(Timestamp)
    case asked(VenueCall, deadline: Timestamp)
  }

  static func due(_ time: Timestamp) -> Inquiry { Inquiry(step: .due(time)) }
}

/// What became of the wish that an order be cancelled.
enum DeskCancel: Hashable, Sendable {
  case none
  /// To be asked from then on, as soon as the order is known to work.
  case wanted(from: Timestamp)
  case asked(VenueCall, deadline: Timestamp)
}

enum DeskReduction: Hashable, Sendable {
  case none
  case wanted(Quantity)
  case asked(Quantity, VenueCall, deadline: Timestamp)
}
