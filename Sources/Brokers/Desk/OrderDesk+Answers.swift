import Events
import Market

/// What follows from an answer to an order's submission, cancel, reduction or question.
extension OrderDesk {
  /// The answer to an order's submission.
  mutating func take(
    submission answer: VenueAnswer, _ index: Int, _ now: Timestamp, into out: inout DeskOutbox
  ) {
    switch answer {
    case .done:
      // Its reports come before or after; where none comes, it is asked for.
      orders[index].isKnown = true
      orders[index].standing = .working(.due(now.shifted(policy.cancelPauseNanos)))
    case .refused(let code, let text):
      end(
        index, with: report(.rejected, .answer, orders[index], code == 0 ? text : "\(code) \(text)", now), into: &out)
    case .wouldTrigger(let code, let text):
      end(index, with: report(.wouldTrigger, .answer, orders[index], "\(code) \(text)", now), into: &out)
    case .wait(let until, let why):
      let time = max(until, now.shifted(policy.inquiryPause(attempt: 0)))
      orders[index].standing = .waiting(until: time)
      // Once an order: how often it is tried is no news.
      if !orders[index].hasWaited {
        orders[index].hasWaited = true
        notice(
          .rateLimited, .warning, orders[index], "\(orders[index].ticket.clientOrderID) was not sent yet: \(why)", &out,
          first: time.nanos - now.nanos)
      }
    case .unknown(let why): lose(index, why, now, into: &out)
    case .found, .notFound, .snapshot, .halves:
      lose(index, "the venue answered an order with what answers a question", now, into: &out)
    }
  }

  mutating func take(cancel answer: VenueAnswer, _ index: Int, _ now: Timestamp, into out: inout DeskOutbox) {
    switch answer {
    case .done, .unknown: lookAfterCancel(index, now, into: &out)
    case .refused(let code, let text), .wouldTrigger(let code, let text):
      orders[index].cancel = .none
      out.facts.append(
        .report(report(.cancelRejected, .answer, orders[index], "\(code) \(text)", now), orders[index].ticket))
      // It may be refused because the order is over, which a stream that is down hasn't told.
      inquire(index, from: now, now, into: &out)
    case .wait(let until, _): orders[index].cancel = .wanted(from: max(until, now.shifted(policy.cancelPauseNanos)))
    case .found, .notFound, .snapshot: lookAfterCancel(index, now, into: &out)
    case .halves(let cancel, _): take(cancel: cancel, index, now, into: &out)
    }
  }

  mutating func take(reduction answer: VenueAnswer, _ index: Int, _ now: Timestamp, into out: inout DeskOutbox) {
    orders[index].reduction = .none
    switch answer {
    case .done, .unknown, .found, .notFound, .snapshot, .halves: inquire(index, from: now, now, into: &out)
    case .refused(let code, let text), .wouldTrigger(let code, let text):
      notice(
        .requestRefused, .warning, orders[index],
        "\(orders[index].ticket.clientOrderID) was not made smaller: \(code) \(text)", &out)
    case .wait(_, let text):
      notice(
        .requestRefused, .warning, orders[index], "\(orders[index].ticket.clientOrderID) was not made smaller: \(text)",
        &out)
    }
  }

  /// The answer to a question about an order.
  mutating func take(
    _ answer: VenueAnswer, to inquiry: Inquiry, _ index: Int, _ now: Timestamp, into out: inout DeskOutbox
  ) {
    var inquiry = inquiry
    switch answer {
    case .found(let found):
      takeFound(found, inquiry, index, now, into: &out)
      return
    case .notFound(let serverTime):
      if isAbsent(&inquiry, serverTime: serverTime, now) {
        takeAbsence(index, now, into: &out)
        return
      }
    case .wait(let until, _): inquiry.step = .due(max(until, now.shifted(policy.inquiryPause(attempt: 0))))
    case .refused(let code, let text), .wouldTrigger(let code, let text):
      // That a question is refused says nothing about the order.
      notice(
        .requestRefused, .error, orders[index],
        "asking for \(orders[index].ticket.clientOrderID) was refused: \(code) \(text)", &out)
      inquiry.repeatLater(now, policy)
    case .unknown, .done, .snapshot, .halves: inquiry.repeatLater(now, policy)
    }
    keep(inquiry, index, now, into: &out)
  }

  /// Puts an inquiry back; what is only missing fills is not asked for for ever.
  mutating func keep(_ inquiry: Inquiry, _ index: Int, _ now: Timestamp, into out: inout DeskOutbox) {
    switch orders[index].standing {
    case .unknown: orders[index].standing = .unknown(inquiry)
    case .working: orders[index].standing = .working(inquiry)
    case .settling(_, let held):
      orders[index].standing = .settling(inquiry, held)
      guard inquiry.attempt == policy.settleAttemptsMax else { return }
      notice(
        .outcomeUnknown, .error, orders[index],
        "\(orders[index].ticket.clientOrderID) is over, but fills that the venue counts were not told", &out)
      // An end can be told without them. Where the fills are the end, there is nothing to tell but them: they are asked for on and on.
      if held != nil { release(index, into: &out) }
    case .waiting, .submitting, .over: break
    }
  }

  /// Whether "I don't know it" proves absence by now (rule 2); otherwise sets the next question.
  func isAbsent(_ inquiry: inout Inquiry, serverTime: Timestamp, _ now: Timestamp) -> Bool {
    guard let base = inquiry.base else {
      inquiry.base = serverTime
      inquiry.repeatLater(now, policy)
      return false
    }
    guard serverTime > base.shifted(policy.absenceNanos) else {
      inquiry.repeatLater(now, policy)
      return false
    }
    if inquiry.isSearch { return true }
    inquiry.isSearch = true
    inquiry.attempt += 1
    inquiry.step = .due(now)
    return false
  }

  mutating func takeAbsence(_ index: Int, _ now: Timestamp, into out: inout DeskOutbox) {
    switch orders[index].standing {
    case .unknown where !orders[index].isKnown:
      orders[index].wasProvedAbsent = true
      orders[index].standing = .waiting(until: now)
      advance(index, now, into: &out)
    case .unknown, .working:
      notice(
        .outcomeUnknown, .error, orders[index],
        "\(orders[index].ticket.clientOrderID) was at the venue, which doesn't know it any more: taken for cancelled",
        &out)
      end(index, with: conclusion(.cancelled, orders[index], "the venue doesn't know it any more", now), into: &out)
    case .settling: release(index, into: &out)
    case .waiting, .submitting, .over: break
    }
  }

  mutating func takeFound(
    _ found: VenueOrder, _ inquiry: Inquiry, _ index: Int, _ now: Timestamp, into out: inout DeskOutbox
  ) {
    if !orders[index].isKnown {
      orders[index].isKnown = true
      out.facts.append(.report(report(.accepted, found, orders[index]), orders[index].ticket))
    }
    if found.quantity < orders[index].ticket.quantity, found.quantity > .zero {
      orders[index].ticket.quantity = found.quantity
      out.facts.append(.report(report(.reduced, found, orders[index]), orders[index].ticket))
    }
    let isMissingFills = found.cumulative > orders[index].filled
    // What is missing from here on is fills: their questions are counted anew.
    var next = inquiry
    if case .settling = orders[index].standing {} else { next = .due(now) }
    next.isSearch = false
    next.repeatLater(now, policy)
    switch found.status {
    case .working: orders[index].standing = .working(isMissingFills ? next : nil)
    case .filled:
      orders[index].standing = .settling(next, nil)
      if isMissingFills { keep(next, index, now, into: &out) } else { release(index, into: &out) }
    case .cancelled, .rejected, .expired:
      let type: ExecutionType =
        switch found.status {
        case .rejected: .rejected
        case .expired: .expired
        case .cancelled, .working, .filled: .cancelled
        }
      orders[index].standing = .settling(next, report(type, found, orders[index]))
      if isMissingFills { keep(next, index, now, into: &out) } else { release(index, into: &out) }
    }
    advance(index, now, into: &out)
  }
}

extension Inquiry {
  mutating func repeatLater(_ now: Timestamp, _ policy: DeskPolicy) {
    step = .due(now.shifted(policy.inquiryPause(attempt: attempt)))
    attempt += 1
  }

  mutating func hurry(_ time: Timestamp) {
    if case .due(let old) = step, time < old { step = .due(time) }
  }
}
