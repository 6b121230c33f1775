import Wire

/// Something asked of the exchange, however it came.
struct Call: Hashable, Sendable {
  enum Origin: Hashable, Sendable {
    case http(RequestNumber)
    /// - id: the request's own id, as JSON, echoed.
    case socket(SocketNumber, id: [UInt8], showsLimits: Bool)
  }

  enum Subject: Hashable, Sendable {
    case binance(Operation)
    case chart(symbol: String)
    /// Everything else that HTTP clients of either ask for.
    case page(path: String)
  }

  var origin: Origin
  var subject: Subject
  var parameters: Parameters
  /// Nil where none was sent.
  var apiKey: String?
  /// What the signature is over.
  var payload: [UInt8] = []
  /// Percent-decoded; nil where none was sent.
  var signature: String?
  /// It came on a WebSocket that has logged on.
  var isLoggedOn = false

  var target: FaultTarget {
    switch subject {
    case .binance(let operation): operation.target
    case .chart: .chart
    case .page: .other
    }
  }

  /// It is counted as a step of `replace` besides.
  var isReplacement: Bool { if case .binance(.cancelReplace) = subject { true } else { false } }
}

/// A call's answer before it is dressed for HTTP or a WebSocket.
struct Answer: Hashable, Sendable {
  var status = 200
  var body: [UInt8]
  var contentType = "application/json;charset=UTF-8"
  var headers: [HTTPHeader] = []
  var isError = false
}
