import Market

/// A field of a bar that a rule can read directly.
enum RuleField: UInt8, BitwiseCopyable, CaseIterable, Hashable, Sendable {
  case open
  case high
  case low
  case close
  case volume

  /// In units of 10⁻⁹.
  @inline(__always)
  func nanos(_ bar: Bar) -> Int64 {
    switch self {
    case .open: bar.open.nanos
    case .high: bar.high.nanos
    case .low: bar.low.nanos
    case .close: bar.close.nanos
    case .volume: bar.volume.nanos
    }
  }
}

/// What rules can name beside numbers, and what each needs.
enum RuleVocabulary {
  /// What stands for itself: bar fields and what is made of one bar alone, or of all so far.
  enum Name: String, CaseIterable {
    case open
    case high
    case low
    case close
    case volume
    /// (high + low + close) / 3.
    case typical
    /// (high + low) / 2.
    case median
    /// (high + low + 2 close) / 4.
    case weighted
    /// On-balance volume.
    case obv
  }

  enum Function: String, CaseIterable {
    case sma
    case ema
    case wma
    case rsi
    case stddev
    case zscore
    case highest
    case lowest
    case lag
    case roc
    case momentum
    case change
    case atr
    case stochastic
    case macd
    case macdSignal = "macd_signal"
    case bollingerUpper = "bollinger_upper"
    case bollingerLower = "bollinger_lower"
    case crossAbove = "cross_above"
    case crossBelow = "cross_below"
    case abs
    case min
    case max

    /// What it is called with, as messages show it; `n` and its like are constant whole numbers.
    var arguments: [String] {
      switch self {
      case .sma, .ema, .wma, .rsi, .stddev, .zscore, .highest, .lowest, .lag, .roc, .momentum: ["x", "n"]
      case .change, .abs: ["x"]
      case .atr, .stochastic: ["n"]
      case .macd: ["x", "fast", "slow"]
      case .macdSignal: ["x", "fast", "slow", "signal"]
      case .bollingerUpper, .bollingerLower: ["x", "n", "deviations"]
      case .crossAbove, .crossBelow, .min, .max: ["a", "b"]
      }
    }
  }

  static let names = Name.allCases.map(\.rawValue)
  static let functions = Function.allCases.map(\.rawValue)
  static let words = ["and", "or", "not"]
}
