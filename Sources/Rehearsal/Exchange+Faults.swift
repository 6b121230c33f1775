import Market
import Wire

/// What faults do to calls.
extension FaultKind {
  /// The call is not carried out.
  var isBefore: Bool {
    switch self {
    case .refuse, .drop, .halfClose, .timeout, .html, .rateLimit, .ban: true
    case .dropAfter, .halfCloseAfter, .timeoutAfter, .htmlAfter, .cut, .garbage, .duplicate, .delay, .delayAnswer,
      .hide,
      .fillBeforeCancel, .stale, .wrongPrice, .clockSkew, .skip, .duplicateMessage, .reorder, .late, .cutSockets, .mute,
      .serverShutdown:
      false
    }
  }

  /// It is carried out, and its answer spoilt.
  var isAfter: Bool {
    switch self {
    case .dropAfter, .halfCloseAfter, .timeoutAfter, .htmlAfter, .cut, .garbage: true
    case .refuse, .drop, .halfClose, .timeout, .html, .rateLimit, .ban, .duplicate, .delay, .delayAnswer, .hide,
      .fillBeforeCancel, .stale, .wrongPrice, .clockSkew, .skip, .duplicateMessage, .reorder, .late, .cutSockets, .mute,
      .serverShutdown:
      false
    }
  }
}

extension Exchange {
  private static let timedOut = CallError(
    -1007, "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
    status: 504)

  mutating func forbid(_ call: Call, _ rule: FaultRule, into actions: inout [ServerAction]) {
    switch rule.fault {
    case .refuse:
      send(
        answer(CallError(Int(rule.number), "Refused by the rehearsal's plan of faults.")), to: call, into: &actions)
    case .rateLimit:
      let seconds = (rule.nanos + 999_999_999) / Timestamp.nanosPerSecond
      send(answer(Self.tooMuch(seconds)), to: call, into: &actions)
    case .ban:
      let until = time.advanced(byNanos: rule.nanos)
      bannedUntil = until
      send(answer(Self.banned(until: until, at: time)), to: call, into: &actions)
    case .drop, .halfClose, .timeout, .html: breakOff(call, rule, into: &actions)
    default: preconditionFailure("only faults that forbid a call come here")
    }
  }

  mutating func spoil(_ reply: Answer, _ call: Call, _ rule: FaultRule, into actions: inout [ServerAction]) {
    switch rule.fault {
    case .dropAfter, .halfCloseAfter, .timeoutAfter, .htmlAfter: breakOff(call, rule, into: &actions)
    case .cut:
      guard case .http(let number) = call.origin else {
        breakOff(call, rule, into: &actions)
        return
      }
      let response = response(reply)
      actions.append(.respondCut(number, response, bodyBytes: response.body.count / 2))
    case .garbage:
      var broken = reply
      broken.status = 200
      broken.body = Array(#"{"code":0,"msg":"#.utf8)
      switch call.origin {
      case .http(let number): actions.append(.respond(number, response(broken)))
      case .socket(let socket, _, _): actions.append(.sendText(socket, text: broken.body))
      }
    default: preconditionFailure("only faults that spoil an answer come here")
    }
  }

  /// No answer, or one that says nothing about what happened.
  private mutating func breakOff(_ call: Call, _ rule: FaultRule, into actions: inout [ServerAction]) {
    switch rule.fault {
    case .timeout, .timeoutAfter:
      send(answer(Self.timedOut), to: call, into: &actions)
    case .html, .htmlAfter:
      let page = "<html><head><title>\(rule.number) Bad Gateway</title></head><body>nginx</body></html>"
      guard case .http(let number) = call.origin else {
        drop(call.origin, into: &actions)
        return
      }
      let answer = Answer(status: Int(rule.number), body: Array(page.utf8), contentType: "text/html", isError: true)
      actions.append(.respond(number, response(answer)))
    case .halfClose, .halfCloseAfter:
      switch call.origin {
      case .http(let number): actions.append(.halfClose(number))
      case .socket(let socket, _, _): mute(socket, into: &actions)
      }
    default: drop(call.origin, into: &actions)
    }
  }

  private mutating func drop(_ origin: Call.Origin, into actions: inout [ServerAction]) {
    switch origin {
    case .http(let number): actions.append(.drop(number))
    case .socket(let socket, _, _): drop(socket, into: &actions)
    }
  }
}
