import Market
import Wire

/// A call's parameters, decoded, in the order sent; of two with one name the query's counts.
struct Parameters: Hashable, Sendable {
  private(set) var pairs: [Pair] = []

  struct Pair: Hashable, Sendable {
    var name: String
    var value: String
  }

  init(_ pairs: [Pair] = []) { self.pairs = pairs }

  /// From a query string and a form body.
  init(query: String, body: String) throws(CallError) {
    for text in [query, body] {
      for piece in text.split(separator: "&") {
        let halves = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = PercentEncoding.decoded(halves[0]),
          let value = PercentEncoding.decoded(halves.count > 1 ? halves[1] : "")
        else { throw CallError(-1100, "Illegal characters found in a parameter.") }
        if !pairs.contains(where: { $0.name == name }) {
          pairs.append(Pair(name: name, value: value))
        } else if text == query {
          throw CallError(-1101, "Duplicate values for parameter '\(name)'.")
        }
      }
    }
  }

  /// From a WebSocket request's `params`; numbers keep the text they were sent as.
  init(_ object: JSONValue?) throws(CallError) {
    guard let object else { return }
    for (name, value) in object.members {
      if let text = value.scalarText ?? value.bool.map({ $0 ? "true" : "false" }) {
        pairs.append(Pair(name: name, value: text))
      } else if value.kind == .array {
        pairs.append(Pair(name: name, value: Parameters.list(value)))
      }
    }
  }

  private static func list(_ value: JSONValue) -> String {
    "[" + value.items.compactMap { $0.string.map { "\"\($0)\"" } }.joined(separator: ",") + "]"
  }

  subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

  /// - Throws: where it is there and empty.
  func optional(_ name: String) throws(CallError) -> String? {
    guard let value = self[name] else { return nil }
    if value.isEmpty { throw CallError(-1105, "Parameter '\(name)' was empty.") }
    return value
  }

  func required(_ name: String) throws(CallError) -> String {
    guard let value = try optional(name) else { throw .missing(name) }
    return value
  }

  func integer(_ name: String) throws(CallError) -> Int64? {
    guard let text = try optional(name) else { return nil }
    guard let number = Int64(text) else { throw .illegal(name, pattern: "^[0-9]{1,20}$") }
    return number
  }

  /// Nanos; at most eight decimals.
  func decimal(_ name: String) throws(CallError) -> Int64? {
    guard let text = try optional(name) else { return nil }
    let nanos: Int64
    do throws(FixedPointError) {
      nanos = try text.fixedPointNanos()
    } catch {
      if case .tooPrecise = error { throw .tooPrecise(name) }
      throw .illegal(name, pattern: "^([0-9]{1,20})(\\.[0-9]{1,20})?$")
    }
    guard nanos >= 0 else { throw .illegal(name, pattern: "^([0-9]{1,20})(\\.[0-9]{1,20})?$") }
    guard nanos % 10 == 0 else { throw .tooPrecise(name) }
    return nanos
  }

  /// Milliseconds or microseconds since 1970, whichever its size says.
  func time(_ name: String) throws(CallError) -> Timestamp? {
    guard let number = try integer(name) else { return nil }
    // Microseconds have sixteen digits for the next centuries.
    let unit: Int64 = number >= 100_000_000_000_000 ? 1_000 : 1_000_000
    let (nanos, overflowed) = number.multipliedReportingOverflow(by: unit)
    guard number >= 0, !overflowed else { throw .illegal(name, pattern: "^[0-9]{1,20}$") }
    return Timestamp(nanos: nanos)
  }

  func limit(_ most: Int64, default normal: Int64) throws(CallError) -> Int {
    guard let number = try integer("limit") else { return Int(normal) }
    guard number >= 1 else { throw CallError(-1130, "Data sent for parameter 'limit' is not valid.") }
    return Int(min(number, most))
  }
}

extension CallError {
  static func tooPrecise(_ name: String) -> CallError {
    CallError(-1111, "Parameter '\(name)' has too much precision.")
  }
}
