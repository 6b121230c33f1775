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
    var reader: ChainReader
    do throws(JournalError) { reader = try ChainReader(chain) } catch { throw .journal(error) }
    while let event = try PointSchedule.next(&reader) {
      if event.kind != DataPoint.kind { continue }
      do throws(DecodeError) { entries.append((try event.decode(DataPoint.self), event.time)) } catch {
        throw .decode(error, path: chain.path, sequence: event.sequence)
      }
    }
    if entries.isEmpty { throw .noPoints(path: chain.path) }
    let funded = Set(entries.map(\.point.series).filter { $0.hasPrefix("funding:") })
    others = funded.subtracting(instruments.map { "funding:" + $0.symbol }).sorted()
  }

  /// Funding that is nobody's, for people; nil where there is none.
  package var note: String? {
    others.isEmpty ? nil : "\(RunError.some(others)) charges nobody: the run has no such instrument"
  }

  private static func next(_ reader: inout ChainReader) throws(RunError) -> JournalEvent? {
    do throws(JournalError) { return try reader.next() } catch { throw .journal(error) }
  }
}
