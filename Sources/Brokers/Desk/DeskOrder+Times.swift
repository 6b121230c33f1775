import Market

extension DeskOrder {
  /// When something about it is due.
  var dueAt: Timestamp? {
    let due: Timestamp?
    switch standing {
    case .waiting(let until): return until
    case .submitting(_, let deadline): return deadline
    case .unknown(let inquiry), .settling(let inquiry, _): return inquiry.dueAt
    case .over: return nil
    case .working(let inquiry): due = inquiry?.dueAt
    }
    // A cancel that is wanted leaves when the order works; before that the standing has its own time.
    let cancelDue: Timestamp? =
      switch cancel {
      case .none: nil
      case .wanted(let from): from
      case .asked(_, let deadline): deadline
      }
    let reductionDue: Timestamp? = if case .asked(_, _, let deadline) = reduction { deadline } else { nil }
    return .earlier(due, .earlier(cancelDue, reductionDue))
  }

  mutating func shiftTimes(by nanos: Int64) {
    switch standing {
    case .waiting(let until): standing = .waiting(until: until.shifted(nanos))
    case .submitting(let call, let deadline): standing = .submitting(call, deadline: deadline.shifted(nanos))
    case .unknown(let inquiry): standing = .unknown(inquiry.shifted(nanos))
    case .working(let inquiry): standing = .working(inquiry?.shifted(nanos))
    case .settling(let inquiry, let report): standing = .settling(inquiry.shifted(nanos), report)
    case .over: break
    }
    switch cancel {
    case .none: break
    case .wanted(let from): cancel = .wanted(from: from.shifted(nanos))
    case .asked(let call, let deadline): cancel = .asked(call, deadline: deadline.shifted(nanos))
    }
    if case .asked(let quantity, let call, let deadline) = reduction {
      reduction = .asked(quantity, call, deadline: deadline.shifted(nanos))
    }
    intendedAt = intendedAt.shifted(nanos)
  }
}

extension Inquiry {
  var dueAt: Timestamp {
    switch step {
    case .due(let time): time
    case .asked(_, let deadline): deadline
    }
  }

  func shifted(_ nanos: Int64) -> Inquiry {
    var copy = self
    switch step {
    case .due(let time): copy.step = .due(time.shifted(nanos))
    case .asked(let call, let deadline): copy.step = .asked(call, deadline: deadline.shifted(nanos))
    }
    return copy
  }
}

extension Timestamp {
  /// Held at the ends of what 64 bits tell: a clock that jumps by centuries must not stop the process.
  func shifted(_ delta: Int64) -> Timestamp {
    let (sum, overflowed) = nanos.addingReportingOverflow(delta)
    return Timestamp(nanos: overflowed ? (delta < 0 ? .min : .max) : sum)
  }
}
