import Core
package import Events
package import Journal
package import Market

/// Data points that are given to a run beside its bars, in the order of their instants.
///
/// As corporate actions they go before the first bar that becomes known behind their instant: what a bar known at that very instant says came before.
package struct PointSchedule: Sendable {
  package private(set) var entries: [(point: DataPoint, time: Timestamp)] = []
  private var others: [String] = []

  /// Reads a journal of data points; whatever else it holds is not looked at.
  ///
  /// - Throws: where it holds none.
  package init(_ chain: JournalChain, instruments: [Instrument]) throws(RunError) {
    var reader = try ChainReader.opened(chain)
    while let event = try reader.nextOfRun() {
      if event.kind == DataPoint.kind {
        entries.append((try event.decodedInRun(DataPoint.self, chain.path), event.time))
      }
    }
    if entries.isEmpty { throw .noPoints(path: chain.path) }
    let funded = Set(entries.map(\.point.series).filter { $0.hasPrefix(Engine.fundingSeries) })
    others = funded.subtracting(instruments.map { Engine.fundingSeries + $0.symbol }).sorted()
  }

  /// Funding that is nobody's, for people; nil where there is none.
  package var note: String? {
    others.isEmpty ? nil : "\(RunError.some(others)) charges nobody: the run has no such instrument"
  }
}
