import Events
import Market
import Wire

/// Dividends, splits and capital gains from the `events` of Yahoo's chart (facts/yahoo.md).
///
/// A `date` is the ex-date, as the second at which its session opens. Yahoo divides a dividend by the splits that came later; here it is multiplied
/// by them again, and the decimal with the fewest digits is taken that its rounding allows.
struct YahooEvents {
  /// Amounts are sent with six decimals at least: half of the last one.
  private static let half: Int128 = 500

  private struct Split {
    var seconds: Int64
    var date: CivilDate
    var new: UInt64
    var old: UInt64
  }
  private struct Cash {
    var seconds: Int64
    var date: CivilDate
    var nanos: Int64
  }

  let path: String
  private var reading = ActionReading()

  init(path: String) { self.path = path }

  mutating func read(_ bytes: [UInt8], symbol given: String?) -> ActionReading {
    let root: JSONValue
    do throws(JSONError) { root = try JSONDocument(bytes).root } catch {
      fault("document", "", .notA("JSON text (\(error))"))
      return reading
    }
    guard let result = root["chart"]?["result"]?[0] else {
      fault("chart.result", "", .missing)
      return reading
    }
    guard let symbol = given ?? result["meta"]?["symbol"]?.string else {
      fault("meta.symbol", "", .missing)
      return reading
    }
    guard let offset = result["meta"]?["gmtoffset"]?.integer, (-86_400...86_400).contains(offset) else {
      fault("meta.gmtoffset", "", .missing)
      return reading
    }
    guard let events = result.present("events") else { return reading }
    let splits = splits(events, offset)
    for cash in self.cash(events, "dividends", offset) + self.cash(events, "capitalGains", offset) {
      append(cash, symbol, splits)
    }
    for split in splits {
      reading.terms.append(
        ActionTerms(
          symbol: symbol, exDate: split.date, type: .split, numerator: split.new, denominator: split.old, path: path,
          line: 0))
    }
    // Members of an object have no order.
    reading.terms.sort { $0.exDate < $1.exDate }
    return reading
  }

  private mutating func splits(_ events: JSONValue, _ offset: Int64) -> [Split] {
    guard let object = events.present("splits") else { return [] }
    var splits: [Split] = []
    for (name, value) in object.members {
      let field = "splits.\(name)"
      guard let (seconds, date) = date(value, offset, field) else { continue }
      guard let new = value["numerator"]?.nanos, new > 0, let old = value["denominator"]?.nanos, old > 0 else {
        fault(
          "\(field).numerator, denominator", value["splitRatio"]?.string ?? "", .notA("ratio of two positive numbers"))
        continue
      }
      let ratio = SmallRatio.reduced(UInt64(new), UInt64(old))
      splits.append(Split(seconds: seconds, date: date, new: ratio.0, old: ratio.1))
    }
    return splits.sorted { $0.seconds < $1.seconds }
  }

  private mutating func cash(_ events: JSONValue, _ kind: StaticString, _ offset: Int64) -> [Cash] {
    guard let object = events.present(kind) else { return [] }
    var found: [Cash] = []
    for (name, value) in object.members {
      let field = "\(kind).\(name)"
      guard let (seconds, date) = date(value, offset, field) else { continue }
      guard let nanos = value["amount"]?.nanosRounded, nanos > 0 else {
        fault("\(field).amount", value["amount"]?.scalarText ?? "", .notA("positive decimal"))
        continue
      }
      found.append(Cash(seconds: seconds, date: date, nanos: nanos))
    }
    return found
  }

  private mutating func append(_ cash: Cash, _ symbol: String, _ splits: [Split]) {
    var low = Int128(cash.nanos) - YahooEvents.half
    var high = Int128(cash.nanos) + YahooEvents.half
    var isLater = false
    for split in splits where split.date >= cash.date {
      if split.date == cash.date { return fault("dividends", "\(cash.date)", .sameDay) }
      isLater = true
      (low, high) = (low * Int128(split.new) / Int128(split.old), high * Int128(split.new) / Int128(split.old))
    }
    guard let amount = isLater ? ShortestDecimal.within(low, high) : cash.nanos, amount > 0 else {
      return fault(
        "dividends", FixedPoint.text(nanos: cash.nanos), .impossible("with the later splits it is beyond range"))
    }
    reading.terms.append(
      ActionTerms(symbol: symbol, exDate: cash.date, type: .cashDividend, cash: amount, path: path, line: 0))
  }

  /// An event's day at its exchange. The offset is today's, an hour off for half of the year at most, and sessions don't begin at midnight.
  private mutating func date(_ value: JSONValue, _ offset: Int64, _ field: String) -> (Int64, CivilDate)? {
    guard let seconds = value["date"]?.integer, (-9_000_000_000...9_000_000_000).contains(seconds) else {
      fault("\(field).date", value["date"]?.scalarText ?? "", .notA("time in seconds since 1970"))
      return nil
    }
    let local = seconds + offset
    return (seconds, CivilDate(daysSinceEpoch: local >= 0 ? local / 86_400 : (local - 86_399) / 86_400))
  }

  private mutating func fault(_ field: String, _ text: String, _ reason: ActionFault.Reason) {
    reading.faults.append(ActionFault(path: path, line: 0, field: field, text: text, reason: reason))
  }
}
