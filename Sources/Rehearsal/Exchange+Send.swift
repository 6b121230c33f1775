import Market
import Wire

/// Answers dressed for HTTP and for WebSockets.
extension Exchange {
  func send(_ answer: Answer, to call: Call, into actions: inout [ServerAction]) {
    switch call.origin {
    case .http(let number): actions.append(.respond(number, response(answer, for: call.subject)))
    case .socket(let socket, let id, let showsLimits):
      guard sockets.contains(where: { $0.number == socket }) else { return }
      actions.append(.sendText(socket, text: frame(answer, id: id, showsLimits: showsLimits)))
    }
  }

  func response(_ answer: Answer, for subject: Call.Subject? = nil) -> HTTPResponse {
    var headers = [HTTPHeader("Content-Type", answer.contentType)] + answer.headers
    if case .binance(let operation) = subject {
      let used = "\(limits.weightUsed(at: time))"
      headers.append(HTTPHeader("x-mbx-used-weight", used))
      headers.append(HTTPHeader("x-mbx-used-weight-1m", used))
      if operation.countsOrders, !answer.isError {
        headers.append(HTTPHeader("x-mbx-order-count-10s", "\(limits.ordersInTenSeconds(at: time))"))
        headers.append(HTTPHeader("x-mbx-order-count-1d", "\(limits.ordersToday(at: time))"))
      }
    }
    return HTTPResponse(status: answer.status, headers: headers, body: answer.body)
  }

  /// `{"id":…,"status":…,"result":…}`, or `error` in its place.
  func frame(_ answer: Answer, id: [UInt8], showsLimits: Bool) -> [UInt8] {
    var json = JSONOutput()
    json.openObject()
    json.raw("id", id)
    json.integer("status", Int64(answer.status))
    json.raw(answer.isError ? "error" : "result", answer.body)
    if showsLimits {
      json.openArray("rateLimits")
      writeLimits(withCounts: true, to: &json)
      json.closeArray()
    }
    json.closeObject()
    return json.bytes
  }

  func writeLimits(withCounts: Bool, ordersOnly: Bool = false, to json: inout JSONOutput) {
    let rows: [(type: String, interval: String, number: Int64, limit: Int64, count: Int64)] = [
      ("REQUEST_WEIGHT", "MINUTE", 1, settings.weightPerMinute, limits.weightUsed(at: time)),
      ("ORDERS", "SECOND", 10, settings.ordersPerTenSeconds, limits.ordersInTenSeconds(at: time)),
      ("ORDERS", "DAY", 1, settings.ordersPerDay, limits.ordersToday(at: time)),
      ("RAW_REQUESTS", "MINUTE", 5, 300_000, 0),
    ]
    for row in rows {
      if ordersOnly, row.type != "ORDERS" { continue }
      if withCounts, row.type == "RAW_REQUESTS" { continue }
      json.openObject()
      json.string("rateLimitType", row.type)
      json.string("interval", row.interval)
      json.integer("intervalNum", row.number)
      json.integer("limit", row.limit)
      if withCounts { json.integer("count", row.count) }
      json.closeObject()
    }
  }
}
