package import Events
package import Journal
package import Market

/// Data points that are given to a run beside its bars, in the order of their instants.
///
/// As corporate actions they go before the first bar that becomes known behind their instant: what a bar known at that very instant says came before.
package struct PointSchedule: Sendable {
  package private(set) var entries: [(point: DataPoint, time: Timestamp)] = []

  /// Reads a journal of data points; whatever else it holds is not looked at.
  ///
  /// - Throws: where it holds none.
  package init(_ chain: JournalChain) throws(RunError) {
    var reader: ChainReader
    do throws(JournalError) { reader = try ChainReader(chain) } catch { throw .journal(error) }
    while let event = try PointSchedule.next(&reader) {
      if event.kind != DataPoint.kind { continue }
      do throws(DecodeError) { entries.append((try event.decode(DataPoint.self), event.time)) } catch {
        throw .decode(error, path: chain.path, sequence: event.sequence)
      }
    }
    if entries.isEmpty { throw .noPoints(path: chain.path) }
  }

  private static func next(_ reader: inout ChainReader) throws(RunError) -> JournalEvent? {
    do throws(JournalError) { return try reader.next() } catch { throw .journal(error) }
  }
}
