import Crypto
import Events
import Market

/// What determines an import of corporate actions, and the event that says so.
struct ActionStart {
  let event: RunStarted

  /// No event of an import is derived.
  private static let reducerVersion: UInt64 = 0

  init(_ request: ActionRequest, symbols: [String], digest: [UInt8]) throws(ImportError) {
    var instruments: [Instrument] = []
    for symbol in symbols {
      do throws(InstrumentError) {
        instruments.append(
          // A run takes its instruments from its bars; of these the symbol alone counts.
          try Instrument(
            symbol: symbol, assetClass: .equity, currency: request.currency,
            tickSize: Price(nanos: FixedPoint.unit / 100),
            lotSize: Quantity(nanos: FixedPoint.unit), calendar: request.calendar))
      } catch {
        throw .symbolInvalid(symbol: symbol)
      }
    }
    let profile = JSONText.object([
      ("actions", request.form.map { $0.rawValue.jsonQuoted } ?? "\"by content\""),
      ("calendar", request.calendar.word.jsonQuoted),
      ("symbols", "[" + symbols.map(\.jsonQuoted).joined(separator: ",") + "]"),
      ("unusual_ratio", request.unusual.rawValue.jsonQuoted),
    ])
    let profileDigest = Array(SHA256.hash(data: Array(profile.utf8)))
    var buffer = ByteBuffer(capacity: 128)
    buffer.append(Array("engine.run.v1".utf8))
    buffer.appendFixed(ActionStart.reducerVersion)
    buffer.append(profileDigest)
    buffer.append(digest)
    event = RunStarted(
      mode: .import, reducerVersion: ActionStart.reducerVersion,
      runID: Array(SHA256.hash(data: buffer.array).prefix(16)), profileDigest: profileDigest, inputsDigest: digest,
      profile: profile, currency: request.currency, strategies: [], instruments: instruments)
  }

  /// The midnight that begins an ex-date: New York's for its exchanges, UTC's for markets that never close.
  ///
  /// Trading until 20:00 of the evening before still carries the right, the morning's from 04:00 on doesn't.
  static func time(of date: CivilDate, _ calendar: CalendarName) -> Timestamp {
    let midnight = CivilTime(date: date, nanosOfDay: 0)
    switch calendar {
    case .always: return Timestamp(nanos: date.daysSinceEpoch * Timestamp.nanosPerDay)
    case .xnys, .cmeFx, .fx: return NewYorkTime.timestamp(midnight) ?? Timestamp(nanos: 0)
    }
  }
}
