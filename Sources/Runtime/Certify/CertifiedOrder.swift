package import Events
package import Market

/// One order of a run or of its twin, as the events tell it.
package struct CertifiedOrder: Sendable {
  package struct Execution: Hashable, Sendable {
    package var quantity: Quantity
    package var price: Price
    /// Nanos of currency; negative is a rebate.
    package var fee: Int128

    package init(quantity: Quantity, price: Price, fee: Int128) {
      self.quantity = quantity
      self.price = price
      self.fee = fee
    }
  }

  /// How an order ended before it was filled.
  package enum End: Hashable, Sendable {
    case cancelled(CancelReason)
    case expired
    /// The venue's words; may be empty.
    case rejected(String)
    /// Marked as withheld: it never left.
    case withheld
  }

  /// Where an order comes from.
  package struct Origin: Hashable, Sendable {
    /// Inputs that run and twin share, up to the one that the order follows from.
    package var ordinal: UInt64
    /// Bars of its instrument up to there, of which timers are none.
    package var bars: UInt64
    /// The input that it follows from, by its sequence in the run's journal: an answer of the venue's where it follows from that.
    package var input: UInt64
    /// Whether it follows from a venue's answer, which the twin doesn't have.
    package var followsAnswer: Bool
    /// Of what protects: the order, of its own run, whose fills it protects.
    package var entry: UInt64?

    package init(ordinal: UInt64, bars: UInt64, input: UInt64, followsAnswer: Bool, entry: UInt64? = nil) {
      self.ordinal = ordinal
      self.bars = bars
      self.input = input
      self.followsAnswer = followsAnswer
      self.entry = entry
    }
  }

  /// What it asks the venue for.
  package struct Terms: Hashable, Sendable {
    package var type: OrderType
    package var quantity: Quantity
    package var limitPrice: Price?
    package var stopPrice: Price?
  }

  /// The sequence of its intent in its own run.
  package var sequence: UInt64
  package var time: Timestamp
  package var instrument: InstrumentIndex
  package var side: Side
  package var purpose: OrderPurpose
  package var quantity: Quantity
  /// As it was sent.
  package let terms: Terms
  package var origin: Origin
  package var fills: [Execution] = []
  /// The sequences of its fills in its own run.
  package var fillSequences: [UInt64] = []
  package var isAccepted = false
  package var end: End?
  /// The sequence of the event that ended it.
  package var endSequence: UInt64?

  package init(_ intent: OrderIntent, sequence: UInt64, time: Timestamp, origin: Origin) {
    self.sequence = sequence
    self.time = time
    instrument = intent.instrument
    side = intent.side
    purpose = intent.purpose
    quantity = intent.quantity
    terms = Terms(
      type: intent.type, quantity: intent.quantity, limitPrice: intent.limitPrice, stopPrice: intent.stopPrice)
    self.origin = origin
  }

  package var filled: Quantity { Quantity(nanos: fills.reduce(0) { $0 + $1.quantity.nanos }) }
  package var fees: Int128 { fills.reduce(0) { $0 + $1.fee } }

  /// Signed, in units of 10⁻⁹.
  var leaves: Int64 { end == nil ? side.sign * max(quantity.nanos - filled.nanos, 0) : 0 }

  /// What the fills came to, in nanos of currency.
  func value(multiplier: Int64) -> Int128 {
    fills.reduce(0) { $0 + $1.price.notional($1.quantity, multiplier: multiplier) }
  }

  /// Of its fills, a unit, in nanos of price; nil where there is none.
  package var averagePrice: Double? {
    let filled = filled.nanos
    guard filled > 0 else { return nil }
    // A mean of few prices, for people: what is compared are the fills themselves.
    return fills.reduce(0.0) { $0 + Double($1.price.nanos) * (Double($1.quantity.nanos) / Double(filled)) }
  }
}
