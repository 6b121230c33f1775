import Core
import Events
import Journal
import Projections
import Runtime

/// What the two features of each strategy of a run are called.
enum FeatureNames {
  /// Empty where the run's profile can't be read by this program: features are then shown by number.
  static func of(_ chain: JournalChain) throws -> [StrategyFeatureNames?] {
    let start = chain.started
    guard start.mode != .import else { return [] }
    do throws(RunError) {
      let engine = try makeEngine(start, path: chain.path, catalog: Registration.catalog)
      return start.strategies.indices.map {
        let names = engine.featureNames($0)
        return StrategyFeatureNames(first: names.first, second: names.second)
      }
    } catch {
      switch error {
      case .profile, .strategies: return []
      default: throw Failure(error)
      }
    }
  }
}
