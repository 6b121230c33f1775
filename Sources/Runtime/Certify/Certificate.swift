package import Events
package import Market

/// What a run's journal shows of its parity: that its decisions follow from its inputs, how its fills compare with those of its simulated twin, which of its data
/// were revised since, and what none of that explains.
package struct Certificate: Sendable {
  package var start: RunStarted
  package var paths: [String]
  package var head: [UInt8]
  package var events: UInt64
  package var bars: UInt64
  package var historicalBars: UInt64 = 0
  package var firstTime: Timestamp?
  package var lastTime: Timestamp?
  /// False where the journal stops without the run's end.
  package var isEnded: Bool
  /// Whether the last file is closed.
  package var isSealed: Bool

  package var replay: CertifiedReplay
  package var twin: CertifiedTwin
  package var revisions: CertifiedRevisions
  package var unexplained: [Unexplained]
}

/// What recomputing every derived event found.
package struct CertifiedReplay: Hashable, Sendable {
  package var decisions: UInt64 = 0
  package var equalDecisions: UInt64 = 0
  package var derived: UInt64 = 0
  package var equalDerived: UInt64 = 0
}

/// What the run's inputs come to under the simulated venue.
package struct CertifiedTwin: Sendable {
  /// One order of the run, of the twin, or of both.
  package struct Row: Sendable {
    package var run: CertifiedOrder?
    package var twin: CertifiedOrder?
    /// How much worse the run's fills were than the twin's, over what both filled, in nanos of currency; nil where not both filled.
    package var priceCost: Int128?
    /// How much more the run paid in fees; nil where not both filled.
    package var feeCost: Int128?
    /// What the twin paid or got for what both filled, in nanos of currency; nil where not both filled.
    package var twinValue: Int128?
    package var reason: Reason
    /// Whether the reason explains the difference.
    package var isExplained = true

    /// How much worse the run's average price is, in basis points of the twin's; nil where not both filled.
    package var basisPoints: Double? {
      guard let run, let twin, let ours = run.averagePrice, let theirs = twin.averagePrice, theirs != 0 else {
        return nil
      }
      return Double(run.side.sign) * (ours - theirs) / theirs * 10_000
    }
    /// Whether both filled, and on bars that both could fill on: of an outage's the price says what the outage came to, and nothing of how the venue fills.
    package var isComparable: Bool {
      if case .duringOutage = reason { return false }
      return priceCost != nil
    }
    /// Of either.
    package var order: CertifiedOrder? { run ?? twin }
  }

  /// Why the two orders are not alike, or that they are.
  package enum Reason: Hashable, Sendable {
    /// All fills alike, or none on either side.
    case same
    /// The venue filled otherwise, at prices that the market had then.
    case venueFilled
    /// The venue filled while the run was away: that bar came as history, and the twin fills on the first fresh one behind it.
    case duringOutage(bar: UInt64)
    /// The venue filled at a time of which the run has no bar.
    case noBar
    /// The run's order ended unfilled, or filled in part.
    case ended(CertifiedOrder.End)
    /// The run's order was still working at the end.
    case working
    /// It follows from this event, which the twin doesn't have, or has otherwise: an input that was decided on in another state, a venue's answer, a fill.
    case followsFrom(sequence: UInt64)
    /// The prices are none that the market had then.
    case otherMarket
    /// Nobody knows what became of the order.
    case outcomeUnknown
    /// Run and twin should be alike.
    case differs
  }

  /// The first difference between what the two could see of their accounts when one of them decided.
  package struct Parting: Hashable, Sendable {
    package enum Field: String, Hashable, Sendable {
      case held
      case working
      case cash
      /// Orders that the venue refused.
      case rejects
      /// Orders that were cancelled or have expired.
      case cancels
      /// Orders on whose answer the run waited, or that had filled in part, and so couldn't be changed as the simulated venue's can.
      case underWay
      /// None is known: they decided otherwise in the same state.
      case none
    }

    /// The input that was decided on.
    package var sequence: UInt64
    package var field: Field
    /// Nil for cash, rejects, cancels and orders under way.
    package var instrument: InstrumentIndex?
    /// In units of 10⁻⁹, of rejects, cancels and orders their number; nil cash is the cash that the run began with.
    package var run: Int128?
    package var twin: Int128?
  }

  package var rows: [Row] = []
  /// Signals of either, and those that are alike: they follow from bars alone, so all are.
  package var signals: UInt64 = 0
  package var signalsAlike: UInt64 = 0
  /// Inputs on which run or twin decided, and those on which risk gate and orders decided alike.
  package var decided: UInt64 = 0
  package var decidedAlike: UInt64 = 0
  /// Nil where run and twin decided in the same state throughout.
  package var parting: Parting?
  /// Fills of the run whose fees are in an asset without a price here: no figure has them.
  package var feesElsewhere: UInt64 = 0
  /// Fees of the run in other assets, which its profile has booked at journaled rates.
  package var assetFees: [AssetFeeTotal] = []

  /// Of the run: what protects, and how much of it has its twin's beside it.
  package var protective: Int { rows.count { $0.run?.purpose.isProtective ?? false } }
  package var protectiveCompared: Int { rows.count { $0.twin != nil && $0.run?.purpose.isProtective ?? false } }
  /// Over all that both filled on bars that both could fill on, in nanos of currency: positive is worse for the run.
  package var priceCost: Int128 { comparable.reduce(0) { $0 + ($1.priceCost ?? 0) } }
  package var feeCost: Int128 { comparable.reduce(0) { $0 + ($1.feeCost ?? 0) } }
  private var comparable: [Row] { rows.filter(\.isComparable) }
  /// The price cost in basis points of what the twin's fills came to; nil where nothing filled on both sides.
  package var basisPoints: Double? {
    let value = comparable.reduce(Int128(0)) { $0 + abs($1.twinValue ?? 0) }
    return value == 0 ? nil : Double(priceCost) / Double(value) * 10_000
  }
}

/// What the data source has changed since the run saw it.
package struct CertifiedRevisions: Sendable {
  /// What the run was told while it ran.
  package struct Told: Hashable, Sendable {
    package var sequence: UInt64
    package var instrument: InstrumentIndex?
    package var openTime: Timestamp
  }

  package var told: [Told] = []
  /// Compared with a later journal; nil where none was given.
  package var later: LaterBars?
}

/// Something that a certificate can't explain.
package enum Unexplained: Hashable, Sendable {
  /// The journal holds another derived event than its inputs come to.
  case replay(sequence: UInt64)
  /// The ledger didn't balance after this input.
  case ledger(sequence: UInt64)
  /// The journal's hash chain doesn't end in its head.
  case hashChain
  /// Run's and twin's strategies said otherwise on this input.
  case signal(sequence: UInt64)
  /// Run and twin decided otherwise on this input, in the same state.
  case decision(sequence: UInt64)
  /// A fill at a price that the market didn't have, by the bar of that time.
  case price(fill: UInt64, order: UInt64, instrument: InstrumentIndex, price: Price, low: Price, high: Price)
  /// What became of the order is not known.
  case outcome(order: UInt64, instrument: InstrumentIndex)
  /// An order of one side alone, or of both with other fills, where the two must be alike.
  case order(run: UInt64?, twin: UInt64?, instrument: InstrumentIndex)
  /// The venue has counted more of an order as filled than was booked.
  case fillsMissing(order: UInt64, instrument: InstrumentIndex, quantity: Quantity)
  /// The venue has filled more than was ordered.
  case overfilled(order: UInt64, instrument: InstrumentIndex, quantity: Quantity)
  /// The venue's account held something else.
  case position(sequence: UInt64, instrument: InstrumentIndex, ours: Quantity, theirs: Quantity)
}
