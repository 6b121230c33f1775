import Brokers
import Core
import Events
import Feeds
import Market
import Wire

/// Stand-in until the order desk is merged.
struct LiveOrders {
  private var venue: any VenueMachine
  init(_ venue: any VenueMachine, _ request: LiveRequest) { self.venue = venue }
  mutating func begin(runID: [UInt8]) {}
  mutating func resume(_ history: LiveHistory, _ runID: [UInt8], _ state: StateDescription) {}
  var wakeAt: Timestamp? { venue.wakeAt }
  var isReconciled: Bool { true }
  var isSettled: Bool { true }
  var unknownCount: Int { 0 }
  var hasHandedOver: Bool { false }
  mutating func wake(_ now: Timestamp) {}
  mutating func receive(_ event: WireEvent, _ now: Timestamp) {}
  mutating func reconcile(_ now: Timestamp) {}
  mutating func note(_ scan: DerivedScan) {}
  mutating func handOver(_ now: Timestamp) {}
  mutating func takeRequests(into out: inout LiveOutbox) {}
}
