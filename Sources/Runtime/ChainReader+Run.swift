import Events
import Journal

/// Reading a run's journal where what can't be read is the run's error.
extension ChainReader {
  static func opened(_ chain: JournalChain) throws(RunError) -> ChainReader {
    do throws(JournalError) { return try ChainReader(chain) } catch { throw .journal(error) }
  }

  /// The next event; nil behind the last.
  mutating func nextOfRun() throws(RunError) -> JournalEvent? {
    do throws(JournalError) { return try next() } catch { throw .journal(error) }
  }

  /// The next block of events; false behind the last.
  mutating func nextBlockOfRun(_ block: inout DecodedBlock) throws(RunError) -> Bool {
    do throws(JournalError) { return try nextBlock(&block) } catch { throw .journal(error) }
  }

  /// Goes to an event.
  mutating func seekInRun(to sequence: UInt64) throws(RunError) {
    do throws(JournalError) { try seek(toSequence: sequence) } catch { throw .journal(error) }
  }
}

extension JournalEvent {
  /// - Parameter path: of the journal that it was read from, for the error.
  func decodedInRun<Body: EventBody>(_ type: Body.Type, _ path: String) throws(RunError) -> Body {
    do throws(DecodeError) { return try decode(type) } catch {
      throw .decode(error, path: path, sequence: sequence)
    }
  }
}
