import Testing
import Wire

@Suite struct ServerRequestTests {
  @Test("takes path and query apart at the first question mark, as sent")
  func target() {
    let request = ServerRequest(target: "/api/v3/order?symbol=BTCUSDT&note=a%3Fb?c")
    #expect(request.path == "/api/v3/order")
    #expect(request.query == "symbol=BTCUSDT&note=a%3Fb?c")
    #expect(ServerRequest(target: "/ws").path == "/ws")
    #expect(ServerRequest(target: "/ws").query == "")
  }
}
