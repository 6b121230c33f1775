package import Core
package import Events
import Journal
import Market
package import Strategies

/// Makes the engine that event 0 describes.
package func makeEngine(
  _ start: RunStarted, path: String, catalog: StrategyCatalog
) throws(RunError) -> Engine {
  let profile = try makeProfile(start, path: path, catalog: catalog)
  do throws(EngineError) {
    return try Engine(
      configuration: profile.configuration(for: start.mode), instruments: start.instruments, catalog: catalog)
  } catch {
    throw RunError(error)
  }
}

/// The profile that event 0 holds.
package func makeProfile(_ start: RunStarted, path: String, catalog: StrategyCatalog) throws(RunError) -> Profile {
  do throws(ProfileError) {
    return try Profile.parse(yaml: start.profile, file: path, catalog: catalog)
  } catch {
    throw .profile(error)
  }
}

extension Profile {
  /// What the reducer is to know in a run of this mode: the same but for who answers orders.
  package func configuration(for mode: RunMode) -> RunConfiguration {
    var configuration = configuration
    configuration.venue = mode == .live ? .external : .simulated
    return configuration
  }
}

/// Makes the engine of a run that is to be recomputed.
/// - Throws: also where there is nothing to recompute, or only another program could.
func makeReplayEngine(_ start: RunStarted, path: String, catalog: StrategyCatalog) throws(RunError) -> Engine {
  guard start.mode != .import else { throw .nothingToReplay(path: path) }
  guard start.reducerVersion == reducerVersion else {
    throw .reducerVersion(found: start.reducerVersion, ours: reducerVersion, path: path)
  }
  return try makeEngine(start, path: path, catalog: catalog)
}

/// Puts an engine into the state that a file goes on from.
///
/// - Parameter snapshot: of that state, and its path.
/// - Throws: where there is none, or another state is in it than the file names.
func restore(
  _ engine: inout Engine, to continued: JournalContinued, of link: JournalChain.Link,
  from snapshot: (bytes: [UInt8], path: String)?
) throws(RunError) {
  guard let snapshot else {
    let path = Snapshot.path(journal: link.path, sequence: link.summary.firstSequence)
    throw .snapshotMissing(snapshot: path, path: link.path)
  }
  let next: UInt64
  do throws(RunError) {
    next = try Snapshot.decode(snapshot.bytes, into: &engine, runID: link.started.runID, path: snapshot.path)
  } catch {
    throw .snapshotOfOtherState(snapshot: snapshot.path, path: link.path)
  }
  guard next == link.summary.firstSequence, RunIdentity.stateDigest(engine) == continued.stateDigest else {
    throw .snapshotOfOtherState(snapshot: snapshot.path, path: link.path)
  }
}
