import Events
import Market

/// What follows from an input that has to be done. On the way from a bar to its orders: what is only shown is read later (`UnreadRows`).
struct DerivedScan {
  /// Orders that are to leave once this is durable, unless they are withheld.
  var intents: [(id: OrderID, intent: OrderIntent)] = []
  /// Orders that are not to take liquidity.
  var postOnly: Set<OrderID> = []
  /// Orders in whose favour older ones are to end, which the venue is told in one request.
  var replaces: [OrderID: OrderID] = [:]
  /// Orders that never leave.
  var withheld: Set<OrderID> = []
  /// Orders whose cancel is asked for.
  var cancels: [OrderID] = []

  /// Notes one derived event.
  mutating func note(_ row: EventRow, _ sequence: UInt64) {
    do throws(DecodeError) {
      switch row.kind {
      case OrderIntent.kind:
        intents.append((OrderID(sequence: sequence), try row.decode(OrderIntent.self, sequence: sequence)))
      case OrderTerms.kind:
        let terms = try row.decode(OrderTerms.self, sequence: sequence)
        if terms.isPostOnly { postOnly.insert(terms.order) }
        if let old = terms.replaces { replaces[terms.order] = old }
      case CancelRequested.kind: cancels.append(try row.decode(CancelRequested.self, sequence: sequence).order)
      case OrderWithheld.kind: withheld.insert(try row.decode(OrderWithheld.self, sequence: sequence).order)
      case OrderRejected.kind: withheld.insert(try row.decode(OrderRejected.self, sequence: sequence).order)
      default: break
      }
    } catch {
      preconditionFailure("the reducer writes rows that can be read")
    }
  }
}
