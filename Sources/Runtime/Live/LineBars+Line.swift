import Events
import Market
import Wire

/// What is wrong with a line.
enum LineFault: Error {
  case json(JSONError)
  case missing(String)
  case field(String, wanted: String)
  case symbol(String)
  case bar(BarError)

  var text: String {
    switch self {
    case .json(let error): "no JSON object: \(error)"
    case .missing(let name): "\(name) is missing"
    case .field(let name, let wanted): "\(name) is no \(wanted)"
    case .symbol(let symbol): "the run has no instrument \(symbol.prefix(40))"
    case .bar(let error): "no bar has such prices: \(LineFault.words(error))"
    }
  }

  private static func words(_ error: BarError) -> String {
    func price(_ nanos: Int64) -> String { FixedPoint.text(nanos: Int128(nanos)) }
    return switch error {
    case .durationNotPositive: "its length is not positive"
    case .highBelow(let high, let other): "high \(price(high)) is below \(price(other))"
    case .lowAbove(let low, let other): "low \(price(low)) is above \(price(other))"
    case .volumeNegative(let nanos): "volume \(price(nanos)) is negative"
    case .timeOutOfRange: "its end lies behind all time"
    }
  }
}

extension LineBars {
  /// Reads a line. What isn't as it is described is refused: text that looks like a number may be one to another reader, and a flag that isn't understood could turn history into something to trade on.
  func bar(_ line: [UInt8]) throws(LineFault) -> Bar {
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(line, limits: JSONLimits(byteCountMax: 65_536, depthMax: 4, valueCountMax: 64))
    } catch {
      throw .json(error)
    }
    let root = document.root
    func member(_ name: StaticString) throws(LineFault) -> JSONValue {
      guard let value = root[name] else { throw .missing("\(name)") }
      return value
    }
    guard let symbol = try member("symbol").string else { throw .field("symbol", wanted: "text") }
    guard let place = symbols.firstIndex(of: symbol) else { throw .symbol(symbol) }
    guard let time = instant(try member("time")) else { throw .field("time", wanted: "instant") }
    var duration = intervalNanos
    if let written = root["interval_s"] {
      guard written.kind == .number, let seconds = written.integer, seconds > 0, seconds <= 86_400 else {
        throw .field("interval_s", wanted: "whole number of seconds from 1 to 86400")
      }
      duration = seconds * 1_000_000_000
    }
    var isHistorical = false
    if let written = root["historical"] {
      guard let flag = written.bool else { throw .field("historical", wanted: "true or false") }
      isHistorical = flag
    }
    func nanos(_ name: StaticString) throws(LineFault) -> Int64 {
      let value = try member(name)
      guard value.kind == .number, let nanos = value.nanos else {
        throw .field("\(name)", wanted: "number of at most nine decimals")
      }
      return nanos
    }
    let (open, high, low) = (try nanos("open"), try nanos("high"), try nanos("low"))
    let (close, volume) = (try nanos("close"), try nanos("volume"))
    do throws(BarError) {
      return try Bar(
        instrument: InstrumentIndex(place), openTime: time, durationNanos: duration, open: Price(nanos: open),
        high: Price(nanos: high), low: Price(nanos: low), close: Price(nanos: close), volume: Quantity(nanos: volume),
        source: .stdin, isHistorical: isHistorical, closesSlot: false)
    } catch {
      throw .bar(error)
    }
  }

  private func instant(_ value: JSONValue) -> Timestamp? {
    if value.kind == .number { return value.integer.map { Timestamp(nanos: $0) } }
    guard let text = value.string else { return nil }
    do throws(TimestampError) { return try Timestamp(text) } catch { return nil }
  }
}
