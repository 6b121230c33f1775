import Market
import Wire

/// HTTP requests taken apart.
extension Exchange {
  mutating func receive(_ request: ServerRequest, _ number: RequestNumber, into actions: inout [ServerAction]) {
    let path = request.path
    if path == "/rehearsal/book", request.method == .get {
      actions.append(.respond(number, HTTPResponse(status: 200, headers: [Self.json], body: book())))
      return
    }
    do throws(CallError) {
      take(try call(request, path: path, number), into: &actions)
    } catch {
      let call = Call(origin: .http(number), subject: .page(path: path), parameters: Parameters())
      send(answer(error), to: call, into: &actions)
    }
  }

  static var json: HTTPHeader { HTTPHeader("Content-Type", "application/json;charset=UTF-8") }

  private func call(_ request: ServerRequest, path: String, _ number: RequestNumber) throws(CallError) -> Call {
    let origin = Call.Origin.http(number)
    // Not judged by content type: one client sends everything in the query and calls its empty body JSON.
    let body = String(decoding: request.body, as: UTF8.self)
    if settings.servesYahoo, path.hasPrefix("/v8/finance/chart/") {
      let symbol = PercentEncoding.decoded(path.dropFirst("/v8/finance/chart/".count), plusIsBlank: false) ?? ""
      let parameters = try Parameters(query: request.query, body: "")
      return Call(origin: origin, subject: .chart(symbol: symbol), parameters: parameters)
    }
    guard settings.servesBinance, let operation = Operation.routed(request.method, path: path) else {
      return Call(origin: origin, subject: .page(path: path), parameters: Parameters())
    }
    var call = Call(
      origin: origin, subject: .binance(operation), parameters: try Parameters(query: request.query, body: body))
    call.apiKey = request.header("X-MBX-APIKEY")
    call.payload = Self.unsigned(request.query) + Self.unsigned(body)
    call.signature = call.parameters["signature"]
    return call
  }

  /// A query or form without its signature, bytes as sent.
  private static func unsigned(_ text: String) -> [UInt8] {
    Array(text.split(separator: "&").filter { !$0.hasPrefix("signature=") }.joined(separator: "&").utf8)
  }

  /// Pages that clients of either side look at, and everything unknown.
  func page(_ path: String) -> Answer {
    switch path {
    case "/":
      // What fc.yahoo.com answers: only the cookie counts.
      return Answer(
        status: 404, body: [], contentType: "text/html",
        headers: [HTTPHeader("Set-Cookie", "A3=rehearsal; Path=/; HttpOnly")])
    case "/v1/test/getcrumb": return Answer(body: Array("rehearsal01".utf8), contentType: "text/plain;charset=utf-8")
    case "/api/v3/userDataStream":
      return Answer(
        status: 410, body: Array(#"{"code":-1000,"msg":"This endpoint has been retired."}"#.utf8), isError: true)
    default:
      if path.hasPrefix("/v10/finance/quoteSummary/") {
        let body = #"{"quoteSummary":{"result":null,"error":{"code":"Not Found","description":"No data found"}}}"#
        return Answer(status: 404, body: Array(body.utf8), contentType: "application/json", isError: true)
      }
      return Answer(status: 404, body: Array("<html>not found</html>".utf8), contentType: "text/html", isError: true)
    }
  }
}
