public import Market

/// What a reconciliation found: the rows of `engine reconcile`.
public struct ReconciliationTable: Hashable, Sendable {
  public var rows: [ReconciliationRow] = []
  /// Fills that had not been heard of.
  public var fillsFound = 0
  /// False where a list was cut or a call failed: only what was seen is said.
  public var isComplete = true
  public var venueTime: Timestamp

  public init(venueTime: Timestamp) { self.venueTime = venueTime }

  /// Nothing differs, and nothing is left to be asked.
  public var agrees: Bool { isComplete && rows.allSatisfy { $0.verdict == .agrees || $0.verdict == .ignored } }
  public var ordersCompared: Int {
    rows.count {
      switch $0.subject {
      case .order, .foreignOrder: true
      case .position, .cash, .foreignBalance: false
      }
    }
  }
}

public struct ReconciliationRow: Hashable, Sendable {
  public enum Subject: Hashable, Sendable {
    /// Of this run, by client order id.
    case order(String)
    /// Of somebody else, by its client order id and the id that the venue gave it.
    case foreignOrder(client: String, venue: String)
    case position(InstrumentIndex)
    case cash
    /// A balance in an asset that the run trades nothing in and pays fees of: what it paid stands beside it.
    case foreignBalance
  }

  public enum Verdict: String, Hashable, Sendable, CaseIterable {
    case agrees
    /// In doubt; the venue is being asked, or a second snapshot has to say the same.
    case asked
    case adopted
    case ignored
    /// Differs for good.
    case broken
  }

  public var subject: Subject
  /// Symbol or asset.
  public var name: String
  /// What the run has, and what the venue has; empty where there is nothing.
  public var ours: String
  public var theirs: String
  public var verdict: Verdict

  public init(subject: Subject, name: String, ours: String, theirs: String, verdict: Verdict) {
    self.subject = subject
    self.name = name
    self.ours = ours
    self.theirs = theirs
    self.verdict = verdict
  }
}
