import Events
public import Market

extension OrderDesk {
  /// Takes what the venue says.
  public mutating func hear(_ message: VenueMessage, now: Timestamp, into out: inout DeskOutbox) {
    keepTime(now)
    switch message {
    case .connected:
      out.facts.append(.notice(DeskNotice(.connected, .information, text: "the venue's reports arrive")))
      // Nothing is replayed: whatever happened in between has to be asked for.
      for index in orders.indices {
        inquire(index, from: now, now, into: &out)
        advance(index, now, into: &out)
      }
      reconcile(now: now, into: &out)
    case .disconnected(let why):
      out.facts.append(.notice(DeskNotice(.disconnected, .warning, text: why)))
    case .notice(let code, let severity, let text):
      out.facts.append(.notice(DeskNotice(code, severity, text: text)))
    case .report(let report): take(report, now, into: &out)
    case .answered(let call, let answer): take(answer, to: call, now, into: &out)
    }
    setAside()
  }

  mutating func take(_ report: OrderReport, _ now: Timestamp, into out: inout DeskOutbox) {
    if let index = place(of: report.clientOrderID) {
      take(report, index, now, into: &out)
    } else {
      out.facts.append(.report(report, nil))
    }
  }

  private mutating func take(
    _ answer: VenueAnswer, to call: VenueCall, _ now: Timestamp, into out: inout DeskOutbox
  ) {
    if takeReconciliation(answer, to: call, now, into: &out) { return }
    if let index = replacement(under: call) { return take(replacement: answer, index, call, now, into: &out) }
    var isOfPair = false
    for index in orders.indices {
      if case .asked(call, _) = orders[index].cancel {
        take(cancel: answer, index, now, into: &out)
      } else if case .asked(_, call, _) = orders[index].reduction {
        take(reduction: answer, index, now, into: &out)
      } else if let inquiry = orders[index].inquiry, case .asked(call, _) = inquiry.step {
        take(answer, to: inquiry, index, now, into: &out)
      } else if case .submitting(call, _) = orders[index].standing {
        let pairs = orders[index].ticket.pairedWith != nil
        take(submission: answer, index, now, into: &out)
        // What is said of a pair is said of both of its orders, before either goes on.
        if pairs, !isOfPair {
          isOfPair = true
          continue
        }
        if pairs {
          for place in orders.indices where orders[place].ticket.order == orders[index].ticket.pairedWith {
            advance(place, now, into: &out)
          }
        }
      } else {
        continue
      }
      advance(index, now, into: &out)
      return
    }
    // Nobody waits for it any more: what it was about was settled by other means, or is being asked for.
  }
}

extension DeskOrder {
  /// What is being asked about it.
  var inquiry: Inquiry? {
    switch standing {
    case .unknown(let inquiry), .working(.some(let inquiry)), .settling(let inquiry, _): inquiry
    case .waiting, .submitting, .working(nil), .over: nil
    }
  }
}
