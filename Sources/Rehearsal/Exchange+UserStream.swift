import Market
import Wire

/// User data: every event to every subscription of the account.
extension Exchange {
  mutating func sendUserEvents(into actions: inout [ServerAction]) {
    let events = userEvents
    userEvents.removeAll()
    for event in events { deliver(event, faults.step(.userEvent), into: &actions) }
  }

  private mutating func deliver(_ event: [UInt8], _ rules: [FaultRule], into actions: inout [ServerAction]) {
    var copies = 1
    for rule in rules {
      switch rule.fault {
      case .skip: copies = 0
      case .duplicateMessage: copies = 2
      case .reorder:
        if heldUserEvent == nil {
          heldUserEvent = event
          return
        }
      case .late:
        for action in frames(event) { deferred.add(.action(action), at: time.advanced(byNanos: rule.nanos)) }
        copies = 0
      case .cutSockets:
        for socket in sockets where !socket.subscriptions.isEmpty { drop(socket.number, into: &actions) }
        copies = 0
      case .mute:
        for socket in sockets where !socket.subscriptions.isEmpty { mute(socket.number, into: &actions) }
        copies = 0
      case .serverShutdown: announceShutdown(after: rule.nanos, into: &actions)
      default: break
      }
    }
    for _ in 0..<copies { actions += frames(event) }
    if let held = heldUserEvent {
      heldUserEvent = nil
      actions += frames(held)
    }
  }

  private func frames(_ event: [UInt8]) -> [ServerAction] {
    var found: [ServerAction] = []
    for socket in sockets where !socket.isMuted {
      for subscription in socket.subscriptions {
        var json = JSONOutput()
        json.openObject()
        json.integer("subscriptionId", subscription)
        json.raw("event", event)
        json.closeObject()
        found.append(.sendText(socket.number, text: json.bytes))
      }
    }
    return found
  }
}
