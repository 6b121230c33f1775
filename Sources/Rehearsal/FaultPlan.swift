/// What goes wrong at an exchange, and when: a value that a file, a test or a simulation makes, and that can be made smaller.
package struct FaultPlan: Hashable, Sendable {
  package var seed: UInt64
  package var rules: [FaultRule]

  package init(seed: UInt64 = 1, rules: [FaultRule] = []) {
    self.seed = seed
    self.rules = rules
  }

  /// The plan that makes exactly the faults that fired, each at its own step and none at random: what a shrinker removes lines from.
  package static func explicit(_ fired: [FiredFault]) -> FaultPlan {
    FaultPlan(
      rules: fired.map { fault in
        var rule = fault.rule
        rule.trigger = .steps([fault.step])
        return rule
      })
  }
}

/// One kind of fault at one kind of step.
package struct FaultRule: Hashable, Sendable {
  package var fault: FaultKind
  package var target: FaultTarget
  package var trigger: FaultTrigger
  /// Nanoseconds of the exchange's time: how long something is late, hidden or banned. Each kind has its own meaning.
  package var nanos: Int64
  /// An HTTP status, a code of Binance's, a factor in thousandths: each kind has its own meaning.
  package var number: Int64

  /// - Parameters:
  ///   - nanos: nil for the kind's usual one.
  ///   - number: nil for the kind's usual one.
  package init(
    _ fault: FaultKind, on target: FaultTarget, _ trigger: FaultTrigger, nanos: Int64? = nil, number: Int64? = nil
  ) {
    self.fault = fault
    self.target = target
    self.trigger = trigger
    self.nanos = nanos ?? fault.usualNanos
    self.number = number ?? fault.usualNumber
  }
}

package enum FaultTrigger: Hashable, Sendable {
  /// At these steps of the target, counted from 1.
  case steps([UInt64])
  /// At each step with this likelihood in millionths, from the plan's seed; at most so often.
  case rate(micros: Int64, most: UInt64)
}

/// What is counted. A step of `request` is also one of its own kind.
package enum FaultTarget: String, CaseIterable, Hashable, Sendable {
  /// Any HTTP request or WebSocket API call but the book's.
  case request
  case time
  case exchangeInfo = "exchange_info"
  case klines
  case chart
  /// Placing an order, over REST or WebSocket API; cancelReplace counts here, too.
  case order
  /// cancelReplace.
  case replace
  case cancel
  case query
  case openOrders = "open_orders"
  case trades
  case account
  case other
  /// A message of the user stream.
  case userEvent = "user_event"
  /// A message of a kline stream while the bar runs.
  case klineUpdate = "kline_update"
  /// The message that closes a kline, once for all sockets that get it.
  case klineClose = "kline_close"
  /// A WebSocket that was opened.
  case socket

  var isRequest: Bool {
    switch self {
    case .request, .time, .exchangeInfo, .klines, .chart, .order, .replace, .cancel, .query, .openOrders, .trades,
      .account,
      .other:
      true
    case .userEvent, .klineUpdate, .klineClose, .socket: false
    }
  }
}

package enum FaultKind: String, CaseIterable, Hashable, Sendable {
  // Requests, not carried out.
  /// Refused with a code (`number`), status 400.
  case refuse
  /// The connection is cut.
  case drop
  /// The sending side of the connection is closed, the other stays open.
  case halfClose = "half_close"
  /// 504 with −1007.
  case timeout
  /// An HTML page with a status of 5xx (`number`).
  case html
  /// 429 with −1003 and Retry-After.
  case rateLimit = "rate_limit"
  /// 418 for a while, to this request and all that follow.
  case ban
  // Requests, carried out.
  case dropAfter = "drop_after"
  case halfCloseAfter = "half_close_after"
  case timeoutAfter = "timeout_after"
  case htmlAfter = "html_after"
  /// Half of the answer's body, then the connection is cut.
  case cut
  /// A body that is no JSON, with status 200.
  case garbage
  /// Carried out twice; the first answer is sent.
  case duplicate
  /// The request lies for a while before it is carried out, and before its time is checked for the last time.
  case delay
  /// Carried out at once; the answer lies for a while.
  case delayAnswer = "delay_answer"
  /// An order that was accepted can't be seen by queries for a while.
  case hide
  /// The order that is to be cancelled fills just before.
  case fillBeforeCancel = "fill_before_cancel"
  /// Klines and charts end a while ago.
  case stale
  /// The last prices are wrong by a factor (`number`, thousandths): in klines and charts the last row, in streams the message.
  case wrongPrice = "wrong_price"
  /// From here on the exchange's clock is ahead by a time, or behind where it is negative.
  case clockSkew = "clock_skew"
  // Streams.
  /// The message is never sent.
  case skip
  /// The message is sent twice.
  case duplicateMessage = "duplicate_message"
  /// The message is sent behind the next one of its kind.
  case reorder
  /// The message is sent later.
  case late
  /// The sockets that would get the message are cut instead.
  case cutSockets = "cut_sockets"
  /// The socket stays open and nothing comes any more.
  case mute
  /// `serverShutdown` is announced on all sockets; they are closed after a while.
  case serverShutdown = "server_shutdown"

  var usualNanos: Int64 {
    switch self {
    case .rateLimit: 1_000_000_000
    case .ban: 120_000_000_000
    case .delay, .delayAnswer, .late: 2_000_000_000
    case .hide: 3_000_000_000
    case .stale: 300_000_000_000
    case .clockSkew: 2_000_000_000
    case .serverShutdown: 10_000_000_000
    case .refuse, .drop, .halfClose, .timeout, .html, .dropAfter, .halfCloseAfter, .timeoutAfter, .htmlAfter, .cut,
      .garbage, .duplicate, .fillBeforeCancel, .wrongPrice, .skip, .duplicateMessage, .reorder, .cutSockets, .mute:
      0
    }
  }

  var usualNumber: Int64 {
    switch self {
    case .refuse: -2010
    case .html, .htmlAfter: 502
    case .wrongPrice: 100_000
    case .drop, .halfClose, .timeout, .rateLimit, .ban, .dropAfter, .halfCloseAfter, .timeoutAfter, .cut, .garbage,
      .duplicate, .delay, .delayAnswer, .hide, .fillBeforeCancel, .stale, .clockSkew, .skip, .duplicateMessage,
      .reorder, .late, .cutSockets, .mute, .serverShutdown:
      0
    }
  }

  /// What `number` may be; nil where any will do.
  var numbers: ClosedRange<Int64>? {
    switch self {
    case .html, .htmlAfter: 400...599
    case .wrongPrice: 1...1_000_000_000
    default: nil
    }
  }

  /// Whether a fault of this kind means something at a target.
  package func applies(to target: FaultTarget) -> Bool {
    switch self {
    case .refuse, .drop, .halfClose, .timeout, .html, .rateLimit, .ban, .dropAfter, .halfCloseAfter, .timeoutAfter,
      .htmlAfter, .cut, .garbage, .duplicate, .delay, .delayAnswer, .clockSkew:
      target.isRequest
    case .hide: target == .order || target == .replace
    case .fillBeforeCancel: target == .cancel || target == .replace
    case .stale: target == .klines || target == .chart
    case .wrongPrice:
      target == .klines || target == .chart || target == .klineClose || target == .klineUpdate
    case .cutSockets:
      target == .userEvent || target == .klineClose || target == .klineUpdate || target == .socket
    case .skip, .duplicateMessage, .reorder, .late:
      target == .userEvent || target == .klineClose || target == .klineUpdate
    case .mute: target == .socket || target == .userEvent || target == .klineClose
    case .serverShutdown: target == .klineClose || target == .userEvent
    }
  }
}

/// A fault that happened: which rule made it, at which step of its target.
package struct FiredFault: Hashable, Sendable {
  package var rule: FaultRule
  package var step: UInt64

  package init(rule: FaultRule, step: UInt64) {
    self.rule = rule
    self.step = step
  }
}
