/// The one list of event kinds. A new kind is one file in `Kinds` and one line here.
public enum EventRegistry {
  public static let bodies: [any EventBody.Type] = [
    RunStarted.self,
    BarObserved.self,
    CorporateAction.self,
    DataPoint.self,
    Timer.self,
    OperatorCommand.self,
    FeedEnded.self,
    JournalContinued.self,
    KillSwitch.self,
    TradingHalt.self,
    ReconciliationBreak.self,
    ExecutionReport.self,
    Notice.self,
    Measurement.self,
    AccountAdopted.self,
    Signal.self,
    RiskDecision.self,
    OrderIntent.self,
    OrderAccepted.self,
    OrderRejected.self,
    OrderCancelled.self,
    OrderExpired.self,
    OrderReduced.self,
    Fill.self,
    PositionChanged.self,
    CashChanged.self,
    EquityMarked.self,
    Alert.self,
    RunEnded.self,
    TradingStateChanged.self,
    BreakerTripped.self,
    BreakerRearmed.self,
    KillAdvanced.self,
    CancelRequested.self,
    OrderWithheld.self,
    OrderRepriced.self,
    OrderTerms.self,
    OrderReplaced.self,
    PurseChanged.self,
    MarginCalled.self,
    AccountCharged.self,
    FrontContract.self,
    FeeConverted.self,
  ]

  private static let byKind: [(any EventBody.Type)?] = {
    var table = [(any EventBody.Type)?](repeating: nil, count: 256)
    for body in bodies { table[Int(body.kind.rawValue)] = body }
    return table
  }()

  public static func body(of kind: EventKind) -> (any EventBody.Type)? { byKind[Int(kind.rawValue)] }

  /// The kind's printed name, or `kind-N` for one that this program doesn't know.
  public static func name(of kind: EventKind) -> String {
    body(of: kind).map { "\($0.name)" } ?? "kind-\(kind.rawValue)"
  }

  public static func kind(named name: String) -> EventKind? { bodies.first { "\($0.name)" == name }?.kind }
}
