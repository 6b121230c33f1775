import Market
import Wire

/// What the exchange lets through in a while (binance.md §3): read from it, counted here, and corrected by what its answers say was used.
struct BinanceLimits: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// Of this address.
    case weight
    /// Orders that have not traded, of the account.
    case orders
  }

  struct Window: Hashable, Sendable {
    var kind: Kind
    /// Windows begin at multiples of it on the exchange's clock.
    var nanos: Int64
    var limit: Int64
    var used: Int64 = 0
    /// Number of the window that `used` counts.
    var number: Int64 = 0

    mutating func enter(_ serverTime: Timestamp) {
      let current = serverTime.nanos / nanos
      if current != number {
        number = current
        used = 0
      }
    }
    var end: Timestamp { Timestamp(nanos: (number + 1) * nanos) }
  }

  var windows: [Window] = []
  /// The exchange asked to be left alone until then, on its clock.
  var blockedUntil: Timestamp?

  /// Questions leave this part of the weight to orders and cancels, in percent.
  static let reservePercent: Int64 = 20

  /// Takes a call out of what is left; returns when to try again where nothing is.
  mutating func take(_ method: BinanceMethod, serverTime: Timestamp) -> Timestamp? {
    if let blocked = blockedUntil {
      if serverTime < blocked { return blocked }
      blockedUntil = nil
    }
    for index in windows.indices {
      windows[index].enter(serverTime)
      let limit =
        switch (windows[index].kind, method.changesOrders) {
        case (.weight, true), (.orders, _): windows[index].limit
        case (.weight, false): windows[index].limit * (100 - Self.reservePercent) / 100
        }
      if windows[index].used + cost(method, windows[index].kind) > limit { return windows[index].end }
    }
    for index in windows.indices { windows[index].used += cost(method, windows[index].kind) }
    return nil
  }

  private func cost(_ method: BinanceMethod, _ kind: Kind) -> Int64 {
    switch kind {
    case .weight: method.weight
    case .orders: method == .place || method == .replace ? 1 : 0
    }
  }

  mutating func block(until: Timestamp) { blockedUntil = max(blockedUntil ?? until, until) }

  /// Reads `rateLimits` of `exchangeInfo` or of an answer of the WebSocket API; kinds that aren't known are left out.
  mutating func read(_ list: JSONItems, serverTime: Timestamp) {
    for item in list {
      guard let kind = Self.kind(item["rateLimitType"]?.string), let unit = Self.unit(item["interval"]?.string),
        let count = item["intervalNum"]?.integer, let limit = item["limit"]?.integer, (1...1_000_000).contains(count),
        limit > 0
      else { continue }
      note(kind, nanos: unit * count, limit: limit, used: item["count"]?.integer, serverTime)
    }
  }

  /// Reads the headers of a REST answer: `X-MBX-USED-WEIGHT-1M`, `X-MBX-ORDER-COUNT-10S`.
  mutating func read(_ headers: [HTTPHeader], serverTime: Timestamp) {
    for header in headers {
      let name = header.name.uppercased()
      guard let used = Int64(header.value) else { continue }
      for (prefix, kind) in [("X-MBX-USED-WEIGHT-", Kind.weight), ("X-MBX-ORDER-COUNT-", .orders)]
      where name.hasPrefix(prefix) {
        guard let nanos = Self.nanos(ofShort: name.dropFirst(prefix.count)) else { continue }
        note(kind, nanos: nanos, limit: nil, used: used, serverTime)
      }
    }
  }

  private mutating func note(_ kind: Kind, nanos: Int64, limit: Int64?, used: Int64?, _ serverTime: Timestamp) {
    if let index = windows.firstIndex(where: { $0.kind == kind && $0.nanos == nanos }) {
      if let limit { windows[index].limit = limit }
      if let used {
        windows[index].enter(serverTime)
        windows[index].used = used
      }
    } else if let limit {
      var window = Window(kind: kind, nanos: nanos, limit: limit)
      window.enter(serverTime)
      window.used = used ?? 0
      windows.append(window)
    }
  }

  private static func kind(_ word: String?) -> Kind? {
    switch word {
    case "REQUEST_WEIGHT": .weight
    case "ORDERS": .orders
    default: nil
    }
  }

  private static func unit(_ word: String?) -> Int64? {
    switch word {
    case "SECOND": 1_000_000_000
    case "MINUTE": 60_000_000_000
    case "HOUR": 3_600_000_000_000
    case "DAY": 86_400_000_000_000
    default: nil
    }
  }

  /// `10S`, `1M`, `1D`.
  private static func nanos(ofShort text: Substring) -> Int64? {
    guard let letter = text.last, let count = Int64(text.dropLast()), (1...1000).contains(count) else { return nil }
    switch letter {
    case "S": return count * 1_000_000_000
    case "M": return count * 60_000_000_000
    case "H": return count * 3_600_000_000_000
    case "D": return count * 86_400_000_000_000
    default: return nil
    }
  }
}
