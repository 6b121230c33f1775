public import Events
public import Market

/// What the desk tells the run, to be journaled in this order.
public enum DeskFact: Hashable, Sendable {
  /// Becomes an `ExecutionReport`. The ticket is nil where the desk doesn't know the client order id.
  case report(OrderReport, OrderTicket?)
  case notice(DeskNotice)
  /// A position differs from the venue's for good.
  case positionBreak(InstrumentIndex, ours: Quantity, theirs: Quantity)
  /// What the venue's account holds beyond the run's becomes the run's.
  case adopt(AccountAdopted)
  /// The run must not trade on; why.
  case halt(String)
  /// The table of a reconciliation that has ended.
  case reconciled(ReconciliationTable)
}

/// Something that happened at the desk or its venue; becomes a `Notice`.
public struct DeskNotice: Hashable, Sendable {
  public var code: NoticeCode
  public var severity: AlertSeverity
  public var instrument: InstrumentIndex?
  public var first: Int64
  public var second: Int64
  public var text: String

  public init(
    _ code: NoticeCode, _ severity: AlertSeverity, instrument: InstrumentIndex? = nil, first: Int64 = 0,
    second: Int64 = 0, text: String
  ) {
    self.code = code
    self.severity = severity
    self.instrument = instrument
    self.first = first
    self.second = second
    self.text = text
  }
}

/// What the desk says in one step.
public struct DeskOutbox: Hashable, Sendable {
  public struct Ask: Hashable, Sendable {
    public var call: VenueCall
    public var request: VenueRequest
  }

  /// To be asked of the venue, in order.
  public var asks: [Ask] = []
  public var facts: [DeskFact] = []
  public init() {}

  public mutating func removeAll() {
    asks.removeAll(keepingCapacity: true)
    facts.removeAll(keepingCapacity: true)
  }
}
