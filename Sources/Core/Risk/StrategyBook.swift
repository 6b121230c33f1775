import Market

/// What one strategy's orders have made of one instrument: a part of the account's position.
///
/// A fill belongs to the strategy whose signal made its order, a protective fill to the strategy of the order that it protects. Over all
/// strategies the parts add up to the position exactly, and their cash to what the instrument's fills moved.
struct StrategyBook: BitwiseCopyable, Hashable, Sendable {
  /// Signed nanos of a unit; wider than a position, since parts of opposite signs can each be larger than their sum.
  var quantity: Int128 = 0
  /// What the gate let it have when it last spoke: signed, in the same unit. What it lacks of that, others' orders may bring.
  var granted: Int128 = 0
  /// Nanos of currency that its fills moved, fees included, and dividends.
  var cash: Int128 = 0
  /// Bought less sold since the trading day began, in nanos of currency.
  var dayNet: Int128 = 0
}
