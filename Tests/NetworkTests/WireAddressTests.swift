import Testing

@testable import Network

@Suite struct WireAddressTests {
  @Test("reads scheme, host, port and target of the addresses that machines use")
  func reads() throws {
    let stream = try #require(WireAddress("wss://stream.binance.com:9443/stream?streams=a@kline_1m/b#x"))
    #expect(stream.isSecure && stream.host == "stream.binance.com" && stream.port == 9_443)
    #expect(stream.target == "/stream?streams=a@kline_1m/b" && stream.authority == "stream.binance.com:9443")
    let plain = try #require(WireAddress("ws://[::1]:80"))
    #expect(plain.host == "::1" && plain.target == "/" && plain.authority == "[::1]")
    #expect(try #require(WireAddress("ws://h?a=b")).target == "/?a=b")
    #expect(try #require(WireAddress("wss://h")).port == 443)
  }

  @Test(
    "refuses what is no address",
    arguments: ["", "ftp://h", "ws://", "ws://h:0", "ws://h:x", "ws://h:70000", "ws://[::1", "h/p"])
  func refuses(_ text: String) { #expect(WireAddress(text) == nil) }
}
