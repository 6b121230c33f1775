import Events
import Foundation
import Market

/// What turns money of instruments into the run's currency: last closes of the instruments that the profile names as rates.
struct ReportRates {
  /// By instrument: where its rate is found; nil where its money is the run's own, or nothing says what it is worth.
  private let sources: [Source?]
  /// By instrument: true where its money is the run's own.
  private let homes: [Bool]
  /// Cash of all currencies before the first event, in the run's; nil where the run has one currency.
  let startCash: Int128?
  /// True where instruments of several currencies are reported.
  let isMixed: Bool

  private struct Source {
    let index: Int
    let isInverse: Bool
    let start: Price?
  }

  /// The part of event 0's profile that is read here; the rest is other people's.
  private struct Written: Decodable {
    struct Entry: Decodable {
      let rate: String
      let cash: Decimal?
      let start: Decimal?
    }

    let cash: Decimal
    let currencies: [String: Value]?

    enum Value: Decodable {
      case word
      case entry(Entry)
      init(from decoder: any Decoder) throws {
        // `convert` and `cost` are words; a currency is a mapping.
        do { self = .entry(try Entry(from: decoder)) } catch DecodingError.typeMismatch { self = .word }
      }
    }
  }

  init(_ started: RunStarted) {
    var sources = [Source?](repeating: nil, count: started.instruments.count)
    let isMixed = started.instruments.contains { $0.currency != started.currency }
    self.isMixed = isMixed
    homes = started.instruments.map { $0.currency == started.currency }
    var read: Written?
    if isMixed {
      // An import of instruments in several currencies has no account, and so nothing to turn.
      do { read = try JSONDecoder().decode(Written.self, from: Data(started.profile.utf8)) } catch { read = nil }
    }
    guard let written = read, let entries = written.currencies else {
      self.sources = sources
      startCash = nil
      return
    }
    var start = ReportRates.nanos(written.cash)
    for (code, value) in entries {
      guard case .entry(let entry) = value, let currency = Currency(code),
        let index = started.instruments.firstIndex(where: { $0.symbol == entry.rate })
      else { continue }
      let source = Source(
        index: index, isInverse: started.instruments[index].currency != started.currency,
        start: entry.start.map { Price(nanos: Int64(clamping: ReportRates.nanos($0))) })
      for place in started.instruments.indices where started.instruments[place].currency == currency {
        sources[place] = source
      }
      if let cash = entry.cash, let rate = source.start {
        start += ReportRates.turned(ReportRates.nanos(cash), rate, isInverse: source.isInverse)
      }
    }
    self.sources = sources
    startCash = start
  }

  /// An amount of an instrument's currency in the run's; zero where nothing says what it is worth.
  func home(_ amount: Int128, _ instrument: InstrumentIndex, closes: (Int) -> Price) -> Int128 {
    if homes[instrument.position] { return amount }
    guard let source = sources[instrument.position] else { return 0 }
    let close = closes(source.index)
    guard let rate = close.nanos > 0 ? close : source.start, rate.nanos > 0 else { return 0 }
    return ReportRates.turned(amount, rate, isInverse: source.isInverse)
  }

  private static func turned(_ amount: Int128, _ rate: Price, isInverse: Bool) -> Int128 {
    let (by, over) = isInverse ? (FixedPoint.unit, rate.nanos) : (rate.nanos, FixedPoint.unit)
    let (product, overflowed) = amount.multipliedReportingOverflow(by: Int128(by))
    // Beyond 128 bits a report shows what is left of the precision.
    return overflowed ? amount / Int128(over) * Int128(by) : product.dividedRoundingHalfEven(by: Int128(over))
  }

  private static func nanos(_ value: Decimal) -> Int128 {
    Int128("\(value * Decimal(FixedPoint.unit))") ?? 0
  }
}
