/// What an answer means: the one place where status, code and text are read (binance.md §2, §12).
enum BinanceVerdict: Hashable, Sendable {
  case done
  /// Certainly not executed, and the request will never be.
  case refused
  /// As refused, because the market is already beyond the stop, or between the prices of a list there is no market.
  case wouldTrigger
  /// As refused, and this side is wrong: a key, a parameter, a symbol. A person has to look.
  case fault
  /// Certainly not executed for now.
  case wait
  /// Certainly not executed: the timestamp was outside the window. The clock has to be compared first.
  case clock
  /// May have been executed, or the answer says to look.
  case unknown
  /// The order isn't known; §11 says what that proves.
  case notFound
  /// The order was cancelled unfilled more than 90 days ago, and is no longer kept.
  case archived

  /// - Parameters:
  ///   - code: of the body; nil where it has none, or is no JSON.
  ///   - text: the body's `msg`.
  static func of(status: Int, code: Int?, text: String) -> BinanceVerdict {
    if status == 200 { return .done }
    // §2: whatever a body of 5xx says, the order may have been executed.
    if status >= 500 { return .unknown }
    if let code { return of(code: code, status: status, text: text) }
    return switch status {
    case 403, 418, 429: .wait
    // No code: some proxy's words and not the exchange's, which says nothing of the order.
    default: .unknown
    }
  }

  private static func of(code: Int, status: Int, text: String) -> BinanceVerdict {
    switch code {
    case -1000, -1001, -1006, -1007: .unknown
    // "Server busy": by its text not processed; §11 says to make sure.
    case -1008: .unknown
    case -1003, -1015, -1034: .wait
    case -1021: .clock
    case -1013, -1014, -1112: .refused
    case -1002, -1016, -1020, -1022, -2014, -2015: .fault
    case -1108, -1111, -1106 ... -1100, -1117 ... -1114, -1122 ... -1120, -1128, -1127, -1130, -1145: .fault
    case -2010: rejection(text)
    // Cancel and amendment rejected: the order may be filled, cancelled or never there.
    case -2011, -2021, -2022, -2038, -2039: .unknown
    case -2013: .notFound
    case -2026: .archived
    default:
      switch status {
      case 418, 429: .wait
      case 409: .unknown
      default: .refused
      }
    }
  }

  /// §12: of the matching engine's rejections the text alone says which.
  private static func rejection(_ text: String) -> BinanceVerdict {
    if text.hasPrefix("Duplicate order sent") { return .unknown }
    if text.hasSuffix("would trigger immediately.") { return .wouldTrigger }
    // A list is checked by its prices: stop and target have the market between them, or one of them is passed.
    return text.hasPrefix("The relationship of the prices for the orders is not correct") ? .wouldTrigger : .refused
  }
}
