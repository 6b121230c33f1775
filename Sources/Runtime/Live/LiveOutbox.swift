package import Events
package import Market
package import Wire

/// Which of a run's machines a request is of, and an answer is for: each numbers its calls and sockets for itself.
package enum LiveParty: UInt8, CaseIterable, Hashable, Sendable {
  case feed
  case venue
}

/// What comes to a run from outside, besides what is left on its `ControlDesk`.
package enum LiveArrival: Sendable {
  case wire(LiveParty, WireEvent)
  /// A line of standard input, without its end.
  case line([UInt8])
  /// Standard input is at its end.
  case linesEnded
}

/// What a run says in one step.
///
/// Everything in `requests` may be performed: the events that it follows from are durable. In order, each once.
package struct LiveOutbox: Sendable {
  package struct Request: Sendable {
    package var party: LiveParty
    package var request: WireRequest
  }

  package var requests: [Request] = []
  /// What happened, for logs, metrics and views: a projection of the journal, which nothing depends on. Complete once the run was told `performed`.
  package var records: [LiveRecord] = []
  /// What becomes records once everything else is on its way.
  var unread = UnreadRows()
  /// The run is over: `finish` seals its journal.
  package var end: LiveEnd?

  package init() {}

  /// Completes `records` behind a step that failed, of which nothing leaves.
  package mutating func completeRecords() { unread.read(into: &records, StepReadings()) }

  package mutating func removeAll() {
    requests.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
    unread.removeAll()
    end = nil
  }
}

/// Something that happened in a step.
package enum LiveRecord: Sendable {
  case started(runID: [UInt8], path: String, resumedBehind: UInt64?)
  case phase(LivePhase)
  case slot(SlotRecord)
  case decision(DecisionRecord)
  /// Any other event that people follow: orders, fills, alerts, breakers, notices.
  case event(sequence: UInt64, any EventBody)
  /// The state was not kept: a restart will take longer, and nothing else.
  case snapshotFailed(RunError)
}

/// What a run is about.
package enum LivePhase: String, Hashable, Sendable {
  /// Nothing has come yet.
  case waiting
  case warmingUp = "warming_up"
  case reconciling
  case running
  case stopping
  case ended
}

/// The bars of one instant that were given to the reducer.
package struct SlotRecord: Sendable {
  /// When its bars became known.
  package var barEnd: Timestamp
  package var bars: [Bar]
  package var isHistorical: Bool
  /// From the bars' end to the run's clock when they were taken, in nanoseconds.
  package var ageNanos: Int64
  /// Of its last bar.
  package var sequence: UInt64
  /// The stopwatch when its last bar came.
  package var arrivedNanos: Int64
  /// From then to the decision, and to the decision's being durable, in nanoseconds.
  package var decidedNanos: Int64 = 0
  package var durableNanos: Int64 = 0
}

/// What was decided about one instrument.
package struct DecisionRecord: Sendable {
  package var sequence: UInt64
  package var instrument: InstrumentIndex
  /// Nil where it follows from no signal: what rebalances, protects or flattens.
  package var strategy: UInt16?
  package var barEnd: Timestamp
  package var isHistorical: Bool
  package var ageNanos: Int64
  /// The bar's close.
  package var price: Price
  /// As the strategy gave it, in millionths. No calibration stands between it and the gate yet: both figures of a log line are this one.
  package var confidenceMicros: Int64
  package var direction: Direction
  package var strengthMicros: Int64
  package var requested: Quantity
  package var allowed: Quantity
  package var outcome: RiskOutcome
  package var reason: RiskReason
  /// The stopwatch when the slot's last bar came.
  package var arrivedNanos: Int64 = 0
  /// From then to the decision's being durable, in nanoseconds.
  package var latencyNanos: Int64 = 0
}
