/// Why a call is refused, in Binance's words: its HTTP status, and code and message of the body.
struct CallError: Error, Hashable, Sendable {
  var status: Int
  var code: Int
  var message: String
  /// Seconds, for 429 and 418.
  var retryAfterSeconds: Int64?
  /// JSON that goes with code and message: both halves of a cancelReplace that failed.
  var details: [UInt8]?

  init(_ code: Int, _ message: String, status: Int = 400) {
    self.status = status
    self.code = code
    self.message = message
  }

  static func filter(_ name: String) -> CallError { CallError(-1013, "Filter failure: \(name)") }
  static let insufficientBalance = CallError(-2010, "Account has insufficient balance for requested action.")
  static let duplicate = CallError(-2010, "Duplicate order sent.")
  static let wouldTrigger = CallError(-2010, "Order would trigger immediately.")
  static let wouldTake = CallError(-2010, "Order would immediately match and take.")
  static let unknownOrder = CallError(-2011, "Unknown order sent.")
  static let noSuchOrder = CallError(-2013, "Order does not exist.")
  static let badSignature = CallError(-1022, "Signature for this request is not valid.")
  static let badSymbol = CallError(-1121, "Invalid symbol.")
  static let ahead = CallError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
  static let outsideWindow = CallError(-1021, "Timestamp for this request is outside of the recvWindow.")

  static func missing(_ name: String) -> CallError {
    CallError(-1102, "Mandatory parameter '\(name)' was not sent, was empty/null, or malformed.")
  }
  static func illegal(_ name: String, pattern: String) -> CallError {
    CallError(-1100, "Illegal characters found in parameter '\(name)'; legal range is '\(pattern)'.")
  }
  static func notRequired(_ name: String) -> CallError {
    CallError(-1106, "Parameter '\(name)' sent when not required.")
  }
}
