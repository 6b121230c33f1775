package import Events
package import Journal

extension RunMode {
  /// When a run's events are acknowledged unless its profile says otherwise: where orders leave the process, before they do.
  package var durability: Durability {
    switch self {
    case .paper, .live: .commit
    case .backtest, .import: .close
    }
  }
}
