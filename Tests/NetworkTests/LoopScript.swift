import Foundation
import Market
import Wire

@testable import Network

/// Performs a list of requests and collects what comes back, until enough has come.
///
/// `@unchecked Sendable`: touched on the loop's thread until `run` has returned.
final class LoopScript: LoopOwner, @unchecked Sendable {
  private var first: [WireRequest]
  private let isEnough: ([WireEvent]) -> Bool
  private let then: (WireEvent) -> [WireRequest]
  private(set) var events: [WireEvent] = []
  private var deadline: Timestamp?
  private(set) var hasTimedOut = false
  var wakeAt: Timestamp? { deadline }

  /// How often a busy loop had nothing to do.
  private(set) var idleCount = 0

  func idle(now: Timestamp, on loop: WireLoop) { idleCount += 1 }

  init(
    _ first: [WireRequest], then: @escaping (WireEvent) -> [WireRequest] = { _ in [] },
    until isEnough: @escaping ([WireEvent]) -> Bool
  ) {
    self.first = first
    self.then = then
    self.isEnough = isEnough
  }

  func step(_ arrivals: [LoopArrival], now: Timestamp, on loop: WireLoop) {
    if deadline == nil { deadline = Timestamp(nanos: now.nanos + 120_000_000_000) }
    for request in first { loop.perform(patient(request), for: 3) }
    first = []
    for arrival in arrivals {
      events.append(arrival.event)
      for request in then(arrival.event) { loop.perform(patient(request), for: 3) }
    }
    hasTimedOut = deadline.map { now >= $0 } ?? false
    if isEnough(events) || hasTimedOut { loop.stop() }
  }

  /// A request that says nothing of its time gets as long as the script has: how busy the machine is isn't what is tested.
  private func patient(_ request: WireRequest) -> WireRequest {
    guard case .http(let call, var message) = request, message.timeoutNanos == HTTPRequest(url: "").timeoutNanos else {
      return request
    }
    message.timeoutNanos = 100_000_000_000
    return .http(call, message)
  }

  /// Runs a script against a server of its own; gives what came back and how the server saw it.
  static func run(
    _ requests: (_ base: String) -> [WireRequest], settings: SocketSettings = SocketSettings(),
    isBusy: Bool = false,
    then: @escaping (WireEvent) -> [WireRequest] = { _ in [] }, until isEnough: @escaping ([WireEvent]) -> Bool
  ) throws -> (events: [WireEvent], server: EchoMachine) {
    let server = WireServer(EchoMachine(), clock: .real, settings: settings)
    let port = try server.start(port: 0)
    let script = LoopScript(requests("127.0.0.1:\(port)"), then: then, until: isEnough)
    try WireLoop(clock: .real, settings: settings, isBusy: isBusy).run(script)
    let seen = try server.read { $0 }
    try server.stop()
    if script.hasTimedOut { throw TimedOut(events: script.events) }
    return (script.events, seen)
  }

  struct TimedOut: Error { var events: [WireEvent] }
}

func call(_ number: UInt64) -> CallNumber { CallNumber(rawValue: number) }
func socket(_ number: UInt64) -> SocketNumber { SocketNumber(rawValue: number) }
