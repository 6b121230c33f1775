import Core
import Events
import Journal
import Projections
import Runtime

/// What the two features of each strategy of a journal's run are called.
enum FeatureNames {
  /// Empty where the run's profile can't be read by this program: features are then shown by number.
  static func of(_ journal: JournalArgument) throws -> [StrategyFeatureNames?] {
    var reader = try journal.open()
    do throws(RunError) {
      let start = try readStart(&reader, path: journal.text)
      guard start.mode != .import else { return [] }
      let engine = try makeEngine(start, path: journal.text, catalog: Registration.catalog)
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
