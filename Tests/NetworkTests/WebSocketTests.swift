import Market
import Network
import Testing
import Wire

@Suite("WebSockets over real sockets", .serialized)
struct WebSocketTests {
  @Test(
    "carry messages of every length class whole, in order, both ways, on a loop that sleeps and on a busy one",
    arguments: [false, true])
  func echo(isBusy: Bool) throws {
    let lengths = [1, 125, 126, 127, 65_535, 65_536, 500_000]
    let messages = lengths.map { length in [UInt8](repeating: UInt8(length % 26) + 97, count: length) }
    let (events, server) = try LoopScript.run(
      { [.open(socket(1), url: "ws://\($0)/echo?a=b")] }, isBusy: isBusy,
      then: { event in
        switch event {
        case .opened(let number): messages.map { .send(number, text: $0) }
        case .received(let number, let text) where text.count == lengths.last: [.close(number)]
        default: []
        }
      },
      until: { if case .closed = $0.last { true } else { false } })
    let received = events.compactMap { event -> [UInt8]? in
      if case .received(_, let text) = event { text } else { nil }
    }
    #expect(received == messages)
    #expect(events.first == .opened(socket(1)) && events.last == .closed(socket(1), .closedByUs))
    #expect(server.openCount == 1)
  }

  @Test("tell how they ended: by the peer with its code, by a cut, or never opened")
  func ends() throws {
    func end(_ url: @escaping (String) -> String) throws -> WireEvent? {
      try LoopScript.run(
        { [.open(socket(9), url: url($0))] }, until: { if case .closed = $0.last { true } else { false } }
      ).events.last
    }
    #expect(try end { "ws://\($0)/close" } == .closed(socket(9), .closedByPeer(code: 1_012, "restarting")))
    guard case .closed(_, .unknown) = try end({ "ws://\($0)/cut" }) else {
      Issue.record("a cut connection")
      return
    }
    guard case .closed(_, .notSent) = try end({ _ in "ws://127.0.0.1:1/" }) else {
      Issue.record("a refused connection")
      return
    }
    guard case .closed(_, .notSent) = try end({ _ in "http//nowhere" }) else {
      Issue.record("no address")
      return
    }
  }

  @Test("a peer that is silent, and answers no ping, is given up; one that only answers pings is kept")
  func silence() throws {
    var settings = SocketSettings()
    settings.pingNanos = 100_000_000
    settings.silenceNanosMax = 4_000_000_000
    let (events, _) = try LoopScript.run(
      { [.open(socket(1), url: "ws://\($0)/mute"), .open(socket(2), url: "ws://\($0)/echo")] }, settings: settings,
      until: { $0.contains { if case .closed = $0 { true } else { false } } })
    guard case .closed(socket(1), .unknown(let words)) = events.last else {
      Issue.record("\(events)")
      return
    }
    #expect(words.contains("silent"))
  }

  @Test("a message longer than the bound closes the socket and says so")
  func tooLarge() throws {
    var settings = SocketSettings()
    settings.messageBytesMax = 2_000
    let (events, _) = try LoopScript.run(
      { [.open(socket(1), url: "ws://\($0)/echo")] }, settings: settings,
      then: {
        if case .opened(let number) = $0 { [.send(number, text: [UInt8](repeating: 65, count: 3_000))] } else { [] }
      },
      until: { if case .closed = $0.last { true } else { false } })
    guard case .closed = events.last else {
      Issue.record("\(events)")
      return
    }
    #expect(!events.contains { if case .received = $0 { true } else { false } })
  }

  @Test("what is sent on a socket that is not open is left out, and numbers of different machines don't meet")
  func notOpen() throws {
    let (events, _) = try LoopScript.run(
      { [.send(socket(1), text: [1]), .close(socket(1)), .open(socket(1), url: "ws://\($0)/echo")] },
      then: { if case .opened(let number) = $0 { [.send(number, text: Array("x".utf8))] } else { [] } },
      until: { $0.count == 2 })
    #expect(events == [.opened(socket(1)), .received(socket(1), text: Array("x".utf8))])
  }
}
