import Events
import Journal
import Market
import Projections
import Runtime

extension FillFormulas {
  /// How a run prices its fills; nil where it has no profile, or one that this program can't read.
  static func of(_ chain: JournalChain) throws -> FillFormulas? {
    let start = chain.started
    guard start.mode != .import else { return nil }
    do throws(RunError) {
      let profile = try makeProfile(start, path: chain.path, catalog: Registration.catalog)
      return FillFormulas(
        convention: profile.conventionInWords, slippage: profile.slippageInWords,
        fees: start.instruments.map { profile.feeInWords(in: $0.currency) })
    } catch {
      switch error {
      case .profile, .strategies: return nil
      default: throw Failure(error)
      }
    }
  }
}
