import Events
import Market

/// What follows from an input that has to be done. On the way from a bar to its orders: what is only shown is read later (`UnreadRows`).
struct DerivedScan {
  /// Orders that are to leave once this is durable, unless they are withheld.
  var intents: [(id: OrderID, intent: OrderIntent)] = []
  /// Orders that are not to take liquidity.
  var postOnly: Set<OrderID> = []
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
      case CancelRequested.kind: cancels.append(try row.decode(CancelRequested.self, sequence: sequence).order)
      case OrderWithheld.kind: withheld.insert(try row.decode(OrderWithheld.self, sequence: sequence).order)
      default: break
      }
    } catch {
      preconditionFailure("the reducer writes rows that can be read")
    }
  }
}
