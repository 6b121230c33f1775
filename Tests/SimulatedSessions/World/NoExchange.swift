package import Market
package import Wire

/// Stands where the exchange will.
package struct Exchange: ServerMachine {
  package var wakeAt: Timestamp? { nil }
  package mutating func wake(now: Timestamp, into actions: inout [ServerAction]) {}
  package mutating func receive(_ event: ServerEvent, now: Timestamp, into actions: inout [ServerAction]) {}
}
