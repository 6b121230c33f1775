import Foundation
import Market
import Rehearsal

/// What `engine rehearse` reads and writes besides the bars.
enum RehearsalFiles {
  static func plan(_ path: String) throws -> FaultPlan {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Failure("the plan of faults \(path) can't be read: \(error.localizedDescription)")
    }
    do throws(FaultPlanError) {
      return try FaultPlan(yaml: text)
    } catch {
      throw Failure("\(path):\n\(error)")
    }
  }

  /// A positive decimal with at most three decimals, in thousandths.
  static func thousandths(_ text: String, option: String) throws -> Int64 {
    let nanos: Int64
    do throws(FixedPointError) { nanos = try text.fixedPointNanos() } catch { nanos = 0 }
    guard nanos > 0, nanos % 1_000_000 == 0, nanos <= 1_000_000 * FixedPoint.unit else {
      throw Failure("\(option) \(text): write a number from 0.001 to 1000000.")
    }
    return nanos / 1_000_000
  }

  /// `BTC=0.5`.
  static func balance(_ text: String) throws -> StartingBalance {
    let halves = text.split(separator: "=", omittingEmptySubsequences: false)
    var nanos: Int64?
    if halves.count == 2, !halves[0].isEmpty {
      do throws(FixedPointError) { nanos = try String(halves[1]).fixedPointNanos() } catch { nanos = nil }
    }
    guard let nanos, nanos >= 0 else { throw Failure("--balance \(text): write it as ASSET=AMOUNT, such as BTC=0.5.") }
    return StartingBalance(asset: String(halves[0]), amount: Int128(nanos))
  }

  static func write(_ book: [UInt8], to path: String) throws {
    do {
      try Data(book).write(to: URL(fileURLWithPath: path))
    } catch {
      throw Failure("the book can't be written to \(path): \(error.localizedDescription)")
    }
  }
}

/// The one line on stdout: where the exchange is, and the keys it takes.
struct RehearsalAddresses {
  let port: Int
  let settings: ExchangeSettings
  let speed: String

  var line: String {
    let host = "127.0.0.1:\(port)"
    var members: [(String, JSONText)] = [("port", .integer(Int64(port))), ("speed", .number(speed))]
    if settings.servesYahoo { members.append(("yahoo", .string("http://\(host)"))) }
    if settings.servesBinance {
      let keys = settings.keys
      members.append(
        (
          "binance",
          .object([
            ("rest", .string("http://\(host)")), ("streams", .string("ws://\(host)")),
            ("websocket_api", .string("ws://\(host)/ws-api/v3")),
          ])
        ))
      members.append(
        (
          "keys",
          .object([
            ("hmac", .object([("api_key", .string(keys.hmacKey)), ("secret", .string(keys.hmacSecret))])),
            (
              "ed25519",
              .object([("api_key", .string(keys.ed25519Key)), ("private_key", .string(keys.ed25519PEM))])
            ),
          ])
        ))
    }
    members.append(("book", .string("http://\(host)/rehearsal/book")))
    return JSONText.object(members).text
  }
}
