/// One HTTP request, complete.
public struct HTTPRequest: Hashable, Sendable {
  public enum Method: String, Hashable, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
  }

  public var method: Method
  /// Absolute, with its query, percent-encoded.
  public var url: String
  /// Names as sent; compared without regard to case.
  public var headers: [HTTPHeader]
  public var body: [UInt8]
  /// Nanoseconds until the answer's last byte; behind it the outcome is unknown.
  public var timeoutNanos: Int64
  /// Longest body that is taken, in bytes.
  public var answerBytesMax: Int

  public init(
    _ method: Method = .get, url: String, headers: [HTTPHeader] = [], body: [UInt8] = [],
    timeoutNanos: Int64 = 10_000_000_000, answerBytesMax: Int = 8 << 20
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeoutNanos = timeoutNanos
    self.answerBytesMax = answerBytesMax
  }
}

public struct HTTPHeader: Hashable, Sendable {
  public var name: String
  public var value: String
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// One HTTP answer, complete.
public struct HTTPResponse: Hashable, Sendable {
  public var status: Int
  public var headers: [HTTPHeader]
  public var body: [UInt8]

  public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first header of a name, whatever its case.
  public func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}
