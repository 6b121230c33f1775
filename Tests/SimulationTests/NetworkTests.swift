// The simulated network keeps the contract of `WireRequest` and `ServerMachine` whatever goes wrong: a client that sends requests and texts at random talks
// to a server that answers everything, over networks of many seeds with every fault on, and what both sides hear is counted.
import Journal
import Market
import Simulation
import Testing
import Wire

@Suite struct NetworkTests {
  /// What both sides heard, in order, in lines.
  struct Trace: Equatable {
    var lines: [String] = []
    var calls: Set<UInt64> = []
    var answers: [UInt64: Int] = [:]
    var served: [UInt64: Int] = [:]
    var opened: Set<UInt64> = []
    var closed: [UInt64: Int] = [:]
    /// Texts as sent and as received, by socket of the client; up and down.
    var up: [UInt64: [UInt64]] = [:]
    var heardUp: [UInt64: [UInt64]] = [:]
    var heardDown: [UInt64: [UInt64]] = [:]
    var fired: [Fault] = []
  }

  static let kinds: [Fault.Kind] = [
    .requestLost, .answerLost, .requestLate, .answerSlow, .connectionRefused, .disconnected, .halfOpen, .textRepeated,
    .textSlow,
  ]

  /// A conversation of 60 requests and three sockets with 60 texts.
  static func converse(seed: UInt64, _ script: FaultScript) -> Trace {
    let streams = RandomStreams(seed: seed)
    var (network, faults, random) = (SimulatedNetwork(streams), script, streams["client"])
    let client = SimulatedNetwork.Client(life: 1, party: 0)
    var trace = Trace()
    var now = Timestamp(nanos: 0)
    var socketsOfServer: [UInt64: UInt64] = [:]
    var isOpen: [UInt64: Bool] = [:]
    for number in UInt64(1)...3 {
      network.perform(.open(SocketNumber(rawValue: number), url: "ws://venue/\(number)"), of: client, now: now, &faults)
    }
    for step in UInt64(0)..<600 {
      now = Timestamp(nanos: now.nanos + random.number(in: 0...500_000_000))
      if step % 10 == 0 {
        trace.calls.insert(step)
        network.perform(
          .http(CallNumber(rawValue: step), HTTPRequest(url: "http://venue/call?\(step)")), of: client, now: now,
          &faults)
      }
      let socket = 1 + step % 3
      if step % 10 == 5, isOpen[socket] == true {
        trace.up[socket, default: []].append(step)
        network.perform(
          .send(SocketNumber(rawValue: socket), text: Array("\(step)".utf8)), of: client, now: now, &faults)
      }
      if step == 598 {
        for number in UInt64(1)...3 {
          network.perform(.close(SocketNumber(rawValue: number)), of: client, now: now, &faults)
        }
      }
      while let next = network.nextTime, next <= now || step == 599 {
        let (time, delivery) = network.next()
        #expect(time >= Timestamp(nanos: 0))
        now = max(now, time)
        guard let delivery else { continue }
        trace.lines.append("\(time.nanos) \(delivery)")
        switch delivery {
        case .server(.request(let number, let request)):
          trace.served[UInt64(request.query) ?? .max, default: 0] += 1
          network.perform(.respond(number, HTTPResponse(status: 200)), now: time, &faults)
        case .server(.socketOpened(let number, let target)):
          socketsOfServer[number.rawValue] = UInt64(target.dropFirst())
        case .server(.socketText(let number, let text)):
          let value = UInt64(String(decoding: text, as: UTF8.self)) ?? .max
          trace.heardUp[socketsOfServer[number.rawValue] ?? 0, default: []].append(value)
          network.perform(.sendText(number, text: text), now: time, &faults)
        case .server(.requestGone), .server(.socketClosed): break
        case .client(_, .answered(let number, _)), .client(_, .failed(let number, _)):
          trace.answers[number.rawValue, default: 0] += 1
        case .client(_, .opened(let number)):
          isOpen[number.rawValue] = true
          trace.opened.insert(number.rawValue)
        case .client(_, .closed(let number, _)):
          isOpen[number.rawValue] = false
          trace.closed[number.rawValue, default: 0] += 1
        case .client(_, .received(let number, let text)):
          #expect(isOpen[number.rawValue] == true, "a closed socket says nothing")
          trace.heardDown[number.rawValue, default: []].append(UInt64(String(decoding: text, as: UTF8.self)) ?? .max)
        }
      }
    }
    trace.fired = faults.fired
    return trace
  }

  static func script(_ seed: UInt64) -> FaultScript {
    FaultScript(
      RandomStreams(seed: seed), rates: Dictionary(uniqueKeysWithValues: kinds.map { ($0, Int64(2 + seed % 20)) }))
  }

  @Test("answers each call once and closes each socket once, whatever goes wrong")
  func contract() {
    var counts: [Fault.Kind: Int] = [:]
    for seed in UInt64(0)..<150 {
      let trace = Self.converse(seed: seed, Self.script(seed))
      for fault in trace.fired { counts[fault.kind, default: 0] += 1 }
      for call in trace.calls { #expect(trace.answers[call] == 1, "seed \(seed), call \(call)") }
      for (call, times) in trace.served { #expect(times == 1, "seed \(seed): request \(call) arrived \(times) times") }
      for socket in UInt64(1)...3 { #expect(trace.closed[socket] == 1, "seed \(seed), socket \(socket)") }
    }
    for kind in Self.kinds { #expect(counts[kind, default: 0] > 0, "\(kind) never happened") }
  }

  @Test("keeps the order of what is said on one socket, and loses none of it but where the socket broke")
  func order() {
    for seed in UInt64(0)..<150 {
      let trace = Self.converse(seed: seed, Self.script(seed))
      let breaks = trace.fired.contains { [.disconnected, .halfOpen].contains($0.kind) }
      for socket in UInt64(1)...3 {
        let (up, heard) = (trace.up[socket, default: []], trace.heardUp[socket, default: []])
        #expect(Array(up.prefix(heard.count)) == heard, "seed \(seed): the server hears a prefix of what was sent")
        if !breaks { #expect(up == heard, "seed \(seed)") }
        let down = trace.heardDown[socket, default: []]
        #expect(down == down.sorted(), "seed \(seed): what the server says comes in its order")
        #expect(Set(down).isSubset(of: heard))
      }
    }
  }

  @Test("does the same twice for a seed, and for the list of what went wrong")
  func repeats() {
    for seed in UInt64(0)..<40 {
      let first = Self.converse(seed: seed, Self.script(seed))
      #expect(first == Self.converse(seed: seed, Self.script(seed)), "seed \(seed)")
      #expect(first == Self.converse(seed: seed, FaultScript(replaying: first.fired)), "seed \(seed) from its list")
    }
  }

  @Test("brings everything at once and in order where nothing goes wrong")
  func calm() {
    let trace = Self.converse(seed: 7, FaultScript(replaying: []))
    #expect(trace.fired.isEmpty)
    #expect(trace.served.count == 60)
    for socket in UInt64(1)...3 {
      #expect(trace.up[socket]?.count == 20)
      #expect(trace.heardDown[socket] == trace.up[socket])
    }
  }
}
