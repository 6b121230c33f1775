import Market
import Wire

/// How a call passes through the faults, is carried out, and is answered.
///
/// 1. It is a step of `request` and one of its own kind; the first rule that forbids it to be carried out decides.
/// 2. A `delay` puts it off; time and signature are checked when it is carried out, as at Binance before the matching engine.
/// 3. It is carried out; the first rule that spoils the answer decides what is sent.
extension Exchange {
  mutating func take(_ call: Call, into actions: inout [ServerAction]) {
    let rules =
      faults.step(.request) + faults.step(call.target) + (call.isReplacement ? faults.step(.replace) : [])
    for rule in rules where rule.fault == .clockSkew { clockSkewNanos = rule.nanos }
    if let until = bannedUntil, time < until {
      send(answer(Self.banned(until: until, at: time)), to: call, into: &actions)
      return
    }
    if case .binance(let operation) = call.subject {
      if let (seconds, isBan) = limits.refusal(limit: settings.weightPerMinute, at: time) {
        if isBan { bannedUntil = time.advanced(byNanos: 120 * Timestamp.nanosPerSecond) }
        send(
          answer(bannedUntil.map { Self.banned(until: $0, at: time) } ?? Self.tooMuch(seconds)), to: call,
          into: &actions)
        return
      }
      // A refused call's weight; what succeeds and costs less gets the difference back.
      limits.addWeight(operation.weight(call.parameters, succeeded: false), at: time)
    }
    if let rule = rules.first(where: { $0.fault.isBefore }) {
      forbid(call, rule, into: &actions)
      return
    }
    if let delay = rules.first(where: { $0.fault == .delay }) {
      deferred.add(.call(call, rules.filter { $0.fault != .delay }), at: time.advanced(byNanos: delay.nanos))
      return
    }
    carryOut(call, rules, into: &actions)
  }

  mutating func perform(_ item: DeferredWork.Item, into actions: inout [ServerAction]) {
    switch item {
    case .action(let action): actions.append(action)
    case .call(let call, let rules): carryOut(call, rules, into: &actions)
    case .closeSockets(let numbers): closeSockets(numbers, reason: "server shutdown", into: &actions)
    }
  }

  private mutating func carryOut(_ call: Call, _ rules: [FaultRule], into actions: inout [ServerAction]) {
    distortion = PriceDistortion()
    for rule in rules {
      if rule.fault == .stale { distortion.staleNanos = rule.nanos }
      if rule.fault == .wrongPrice { distortion.factorMillis = rule.number }
    }
    if rules.contains(where: { $0.fault == .fillBeforeCancel }) { fillBeforeCancel(call.parameters) }
    let orderCount = orders.count
    let reply = answer(to: call)
    if rules.contains(where: { $0.fault == .duplicate }) { _ = answer(to: call) }
    if let rule = rules.first(where: { $0.fault == .hide }) {
      for place in orderCount..<orders.count { orders[place].hiddenUntil = time.advanced(byNanos: rule.nanos) }
    }
    distortion = PriceDistortion()
    if settings.reports == .beforeAnswer { sendUserEvents(into: &actions) }
    if let rule = rules.first(where: { $0.fault.isAfter }) {
      spoil(reply, call, rule, into: &actions)
    } else if let rule = rules.first(where: { $0.fault == .delayAnswer }) {
      var late: [ServerAction] = []
      send(reply, to: call, into: &late)
      for action in late { deferred.add(.action(action), at: time.advanced(byNanos: rule.nanos)) }
    } else {
      send(reply, to: call, into: &actions)
    }
    sendUserEvents(into: &actions)
  }

  /// What the call comes to, whoever asks.
  private mutating func answer(to call: Call) -> Answer {
    switch call.subject {
    case .page(let path): return page(path)
    case .chart(let symbol): return chart(symbol: symbol, call.parameters)
    case .binance(let operation):
      do throws(CallError) {
        try authorise(call, operation)
        let body = try perform(operation, call.parameters)
        limits.addWeight(
          operation.weight(call.parameters, succeeded: true) - operation.weight(call.parameters, succeeded: false),
          at: time)
        return Answer(body: body)
      } catch {
        return answer(error)
      }
    }
  }

  func answer(_ error: CallError) -> Answer {
    var json = JSONOutput()
    json.openObject()
    json.integer("code", Int64(error.code))
    json.string("msg", error.message)
    if let details = error.details { json.raw("data", details) }
    json.closeObject()
    var answer = Answer(status: error.status, body: json.bytes, isError: true)
    if let seconds = error.retryAfterSeconds { answer.headers = [HTTPHeader("Retry-After", "\(seconds)")] }
    return answer
  }

  /// Key, time and signature, in the order in which Binance complains.
  private func authorise(_ call: Call, _ operation: Operation) throws(CallError) {
    guard operation.security == .signed else { return }
    if !call.isLoggedOn { try checkSignature(call) }
    let sent = try call.parameters.time("timestamp")
    guard let sent else {
      if call.isLoggedOn { return }
      throw .missing("timestamp")
    }
    try checkTime(sent, call.parameters)
  }

  func checkTime(_ sent: Timestamp, _ parameters: Parameters) throws(CallError) {
    var window: Int64 = 5_000_000_000
    if let text = try parameters.optional("recvWindow") {
      // Milliseconds with up to three decimals, as nanos of a millisecond: their thousandth is microseconds.
      guard let millis = try parameters.decimal("recvWindow"), millis % 1_000_000 == 0 else {
        throw .illegal("recvWindow", pattern: "^[0-9]{1,5}(\\.[0-9]{1,3})?$")
      }
      guard millis <= 60_000 * FixedPoint.unit else {
        throw CallError(-1131, "recvWindow must be less than 60000, not \(text).")
      }
      window = millis / 1_000
    }
    guard sent < shownTime.advanced(byNanos: Timestamp.nanosPerSecond) else { throw .ahead }
    guard shownTime.nanos - sent.nanos <= window else { throw .outsideWindow }
  }

  func checkSignature(_ call: Call) throws(CallError) {
    guard let apiKey = call.apiKey, !apiKey.isEmpty else {
      throw CallError(-2014, "API-key format invalid.", status: 401)
    }
    guard let kind = settings.keys.kind(of: apiKey) else {
      throw CallError(-2015, "Invalid API-key, IP, or permissions for action.", status: 401)
    }
    guard let signature = call.signature, !signature.isEmpty else { throw .missing("signature") }
    guard settings.keys.isSignature(signature, of: call.payload, by: kind) else { throw .badSignature }
  }

  static func banned(until: Timestamp, at time: Timestamp) -> CallError {
    let text =
      "Way too much request weight used; IP banned until \(until.milliseconds). Please use WebSocket Streams for live updates to avoid bans."
    var error = CallError(-1003, text, status: 418)
    error.retryAfterSeconds = max(1, (until.nanos - time.nanos + 999_999_999) / Timestamp.nanosPerSecond)
    return error
  }

  static func tooMuch(_ seconds: Int64) -> CallError {
    let text =
      "Too much request weight used; current limit is reached. Please use WebSocket Streams for live updates to avoid polling the API."
    var error = CallError(-1003, text, status: 429)
    error.retryAfterSeconds = max(1, seconds)
    return error
  }
}
