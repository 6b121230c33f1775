package import Events
package import Market

/// A corporate action as a source tells it, before instruments are numbers.
package struct ActionTerms: Hashable, Sendable {
  package var symbol: String
  /// First trading day under the new terms.
  package var exDate: CivilDate
  package var type: CorporateActionType
  package var numerator: UInt64 = 1
  package var denominator: UInt64 = 1
  /// Nanos of currency a unit.
  package var cash: Int64 = 0
  /// Nanos of price of a unit of `other`; 0 where its own price says it.
  package var price: Int64 = 0
  package var other: String?
  package var newSymbol = ""
  package var path: String
  package var line: Int
}

/// A row of a source that is no corporate action, or one that can't be.
package struct ActionFault: Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    case missing
    case notA(String)
    case unknownWord(nearest: String?, known: [String])
    case notOf(type: String)
    case outOfOrder
    /// The same action of the same day, told before in this place.
    case twice(path: String, line: Int)
    /// A factor's step that no ratio of small numbers explains.
    case unusualRatio(String)
    /// A dividend and a split of one day, and nobody says which unit the dividend is of.
    case sameDay
    case impossible(String)
  }
  package var path: String
  /// From 1; 0 where the source has no lines.
  package var line: Int
  package var field: String
  package var text: String
  package var reason: Reason
}

/// Which form a source of corporate actions has.
package enum ActionForm: String, CaseIterable, Sendable {
  /// QuantConnect LEAN's factor files: cumulative factors by the last day that they hold.
  case leanFactors = "lean-factors"
  /// LEAN's map files: symbols by the last day that they hold.
  case leanMap = "lean-map"
  /// Yahoo's chart as JSON, with `events`.
  case yahooEvents = "yahoo-events"
  /// CSV with a header, an action a row.
  case table
}

/// What becomes of a step of split factors that no ratio of small numbers explains.
package enum UnusualRatio: String, CaseIterable, Sendable {
  /// The import stops and names it.
  case refuse
  /// It is a dividend in shares: units are multiplied by it.
  case stockDividend = "stock-dividend"
  /// It is left out and named.
  case leaveOut = "leave-out"
}

/// What was read of one source.
struct ActionReading {
  var terms: [ActionTerms] = []
  var faults: [ActionFault] = []
  /// Steps that were left out because the request says so.
  var leftOut: [ActionFault] = []
}
