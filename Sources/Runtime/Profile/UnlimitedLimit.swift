package import Events

/// A limit that a profile says in so many words not to have.
///
/// It changes no decision, so it is no part of the canonical text; a live run asks for it.
package struct UnlimitedLimit: Hashable, Sendable {
  package var scope: RiskScope
  /// Sector, symbol, or place of the strategy; nil for the account.
  package var subject: String?
  /// The key under which `unlimited` stands, such as `max_position`.
  package var key: String

  package init(scope: RiskScope, subject: String?, key: String) {
    self.scope = scope
    self.subject = subject
    self.key = key
  }
}
