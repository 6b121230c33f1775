package import Brokers
import Events
package import Market
package import Wire

/// Binance's adapter with a bug: what it says is changed as a careless one would say it.
package struct DefectiveVenue: VenueMachine {
  package typealias Message = VenueMessage

  private var venue: BinanceVenue
  private let defect: Defect
  /// What each call asked for.
  private var asked: [VenueCall: VenueRequest] = [:]
  private var submitted: [OrderTicket] = []
  /// Orders whose cancel was asked for, and fills of theirs that wait.
  private var cancelled: Set<String> = []
  private var late: [OrderReport] = []

  package init(_ venue: BinanceVenue, _ defect: Defect) {
    self.venue = venue
    self.venue.replacesFilled = defect == .replacesWhatFilled
    self.defect = defect
  }

  package var wakeAt: Timestamp? { venue.wakeAt }

  package mutating func wake(now: Timestamp, into out: inout WireOutbox<VenueMessage>) {
    let first = out.messages.count
    venue.wake(now: now, into: &out)
    spoil(&out, from: first, now)
  }

  package mutating func receive(_ event: WireEvent, now: Timestamp, into out: inout WireOutbox<VenueMessage>) {
    let first = out.messages.count
    venue.receive(event, now: now, into: &out)
    spoil(&out, from: first, now)
  }

  package mutating func ask(
    _ request: VenueRequest, as call: VenueCall, now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) {
    asked[call] = request
    if case .submit(let ticket) = request { submitted.append(ticket) }
    if case .submitPair(let first, let second) = request { submitted += [first, second] }
    if case .replace(_, with: let ticket) = request { submitted.append(ticket) }
    if case .cancel(let ticket) = request { cancelled.insert(ticket.clientOrderID) }
    let first = out.messages.count
    venue.ask(request, as: call, now: now, into: &out)
    if defect == .cancelTakenAsDone, case .cancel(let ticket) = request {
      out.messages.append(.report(over(ticket, now)))
    }
    spoil(&out, from: first, now)
  }

  private mutating func spoil(_ out: inout WireOutbox<VenueMessage>, from first: Int, _ now: Timestamp) {
    var said: [VenueMessage] = []
    for message in out.messages[first...] {
      if case .report(let report) = message {
        spoil(report, &said)
        continue
      }
      guard case .answered(let call, let answer) = message, let request = asked[call] else {
        said.append(message)
        continue
      }
      switch (defect, request, answer) {
      case (.resendWithoutAsking, .submit, .unknown(let text)):
        said.append(.answered(call, .wait(until: now, text)))
      case (.replaceAgainWithoutAsking, .replace, .unknown(let text)):
        said.append(.answered(call, .wait(until: now, text)))
      case (.notFoundIsProof, .query, .notFound(let time)):
        // As if everything that could still arrive had arrived.
        said.append(.answered(call, .notFound(serverTime: time.advanced(byNanos: 3_600_000_000_000))))
      case (.missedFillsNotAsked, .snapshot, .snapshot(var snapshot)):
        // What was missed is not looked for, here or where an order is asked for.
        snapshot.fills = []
        said.append(.answered(call, .snapshot(snapshot)))
      case (.absenceInListIsEnd, .snapshot, .snapshot(let snapshot)):
        for ticket in submitted where !snapshot.openOrders.contains(where: { $0.clientOrderID == ticket.clientOrderID })
        {
          said.append(.report(over(ticket, now)))
        }
        said.append(message)
      default: said.append(message)
      }
    }
    out.messages.replaceSubrange(first..., with: said)
  }

  private mutating func spoil(_ report: OrderReport, _ said: inout [VenueMessage]) {
    switch (defect, report.type) {
    case (.missedFillsNotAsked, .filled) where report.source == .query || report.source == .reconciliation: return
    case (.fillBookedTwice, .filled):
      // The same fill under two ids, and without the venue's count, which would tell.
      var first = report
      first.cumulative = .zero
      said.append(.report(first))
      first.tradeID += "-again"
      said.append(.report(first))
    case (.lateFillDropped, .filled) where cancelled.contains(report.clientOrderID):
      // It is told behind the end of its order.
      late.append(report)
    case (.lateFillDropped, .cancelled), (.lateFillDropped, .expired):
      var end = report
      for fill in late where fill.clientOrderID == report.clientOrderID {
        end.cumulative = Quantity(nanos: max(end.cumulative.nanos - fill.quantity.nanos, 0))
      }
      said.append(.report(end))
      for fill in late where fill.clientOrderID == report.clientOrderID { said.append(.report(fill)) }
      late.removeAll { $0.clientOrderID == report.clientOrderID }
    default: said.append(.report(report))
    }
  }

  /// Says of an order that it is over.
  private func over(_ ticket: OrderTicket, _ now: Timestamp) -> OrderReport {
    OrderReport(
      type: .cancelled, source: .answer, clientOrderID: ticket.clientOrderID, venueOrderID: "", symbol: ticket.symbol,
      side: ticket.side, quantity: ticket.quantity, cumulative: .zero, venueTime: now)
  }
}
