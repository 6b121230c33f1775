public import Market

/// What a journal is the record of. Raw values are stored and never change meaning.
public enum RunMode: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case backtest = 1
  case paper = 2
  case live = 3
  /// Bars read from files; holds no decisions.
  case `import` = 4
}

/// Input, always the first event of a file: everything that determines the run. Written by the runtime; each further file of a run begins
/// with the same fields again.
///
/// Version 1: mode u8; reducer version varint; run id, profile digest, inputs digest 16 + 32 + 32 bytes; canonical profile
/// text; currency text; strategy names (count, texts); instruments (count, each: symbol, venue texts; asset class u8; currency text;
/// tick, lot, multiplier decimals; sector text; calendar u8).
public struct RunStarted: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 1)
  public static let name: StaticString = "run_started"
  public static let role = EventRole.input

  public var mode: RunMode
  /// Counts up whenever the reducer derives other events from the same inputs.
  public var reducerVersion: UInt64
  /// The first 16 bytes of SHA-256 over what determines the run.
  public var runID: [UInt8]
  /// SHA-256 of `profile`.
  public var profileDigest: [UInt8]
  /// SHA-256 that names the inputs: the head of the bars' journal, or of the imported files.
  public var inputsDigest: [UInt8]
  /// The profile in canonical form.
  public var profile: String
  /// The run's reporting currency.
  public var currency: Currency
  public var strategies: [String]
  public var instruments: [Instrument]

  public init(
    mode: RunMode, reducerVersion: UInt64, runID: [UInt8], profileDigest: [UInt8], inputsDigest: [UInt8],
    profile: String, currency: Currency, strategies: [String], instruments: [Instrument]
  ) {
    invariant(runID.count == 16, "a run id has 16 bytes", Int64(runID.count))
    invariant(profileDigest.count == 32 && inputsDigest.count == 32, "a digest has 32 bytes")
    self.mode = mode
    self.reducerVersion = reducerVersion
    self.runID = runID
    self.profileDigest = profileDigest
    self.inputsDigest = inputsDigest
    self.profile = profile
    self.currency = currency
    self.strategies = strategies
    self.instruments = instruments
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.append(mode.rawValue)
    buffer.appendVarint(reducerVersion)
    buffer.append(runID)
    buffer.append(profileDigest)
    buffer.append(inputsDigest)
    buffer.appendText(profile)
    buffer.appendText(currency.description)
    buffer.appendVarint(UInt64(strategies.count))
    for strategy in strategies { buffer.appendText(strategy) }
    buffer.appendVarint(UInt64(instruments.count))
    for instrument in instruments { instrument.encode(into: &buffer) }
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> RunStarted {
    let mode = try reader.readCase("mode", as: RunMode.self)
    let reducerVersion = try reader.readVarint()
    let runID = Array(try reader.readBytes(16))
    let profileDigest = Array(try reader.readBytes(32))
    let inputsDigest = Array(try reader.readBytes(32))
    let profile = try reader.readText()
    let currency = try reader.readCurrency()
    var strategies: [String] = []
    let strategyCount = try reader.readCount()
    // Without a bound a row of empty names would take sixteen times its bytes in memory.
    guard strategyCount <= Int(UInt16.max) else {
      throw .valueOutOfRange(field: "strategies", value: Int64(strategyCount))
    }
    for _ in 0..<strategyCount { strategies.append(try reader.readText()) }
    var instruments: [Instrument] = []
    let instrumentCount = try reader.readCount(itemBytesMin: 8)
    guard instrumentCount <= Int(UInt16.max) else {
      throw .valueOutOfRange(field: "instruments", value: Int64(instrumentCount))
    }
    for _ in 0..<instrumentCount { instruments.append(try Instrument.decode(&reader)) }
    return RunStarted(
      mode: mode, reducerVersion: reducerVersion, runID: runID, profileDigest: profileDigest,
      inputsDigest: inputsDigest, profile: profile, currency: currency, strategies: strategies,
      instruments: instruments)
  }

  public func list(into fields: inout FieldList) {
    fields.add("mode", .word(mode.word))
    fields.add("reducer_version", .integer(Int64(clamping: reducerVersion)))
    fields.add("run_id", .digest(runID))
    fields.add("profile_sha256", .digest(profileDigest))
    fields.add("inputs_sha256", .digest(inputsDigest))
    fields.add("currency", .word(currency.description))
    fields.add("strategies", .text(strategies.joined(separator: " ")))
    fields.add("instruments", .text(instruments.map(\.symbol).joined(separator: " ")))
    fields.add("profile", .text(profile))
  }
}

extension ByteReader {
  mutating func readCurrency() throws(DecodeError) -> Currency {
    guard let currency = Currency(try readText()) else { throw .inconsistent("currency") }
    return currency
  }
}

extension Instrument {
  func encode(into buffer: inout ByteBuffer) {
    buffer.appendText(symbol)
    buffer.appendText(venue)
    buffer.append(assetClass.rawValue)
    buffer.appendText(currency.description)
    buffer.appendDecimal(tickSize.nanos)
    buffer.appendDecimal(lotSize.nanos)
    buffer.appendDecimal(multiplierNanos)
    buffer.appendText(sector)
    buffer.append(calendar.rawValue)
  }

  static func decode(_ reader: inout ByteReader) throws(DecodeError) -> Instrument {
    let symbol = try reader.readText()
    let venue = try reader.readText()
    let assetClass = try reader.readCase("asset_class", as: AssetClass.self)
    let currency = try reader.readCurrency()
    let tickSize = try reader.readPrice()
    let lotSize = try reader.readQuantity()
    let multiplierNanos = try reader.readDecimal()
    let sector = try reader.readText()
    let calendar = try reader.readCase("calendar", as: CalendarName.self)
    do throws(InstrumentError) {
      return try Instrument(
        symbol: symbol, venue: venue, assetClass: assetClass, currency: currency, tickSize: tickSize,
        lotSize: lotSize, multiplierNanos: multiplierNanos, sector: sector, calendar: calendar)
    } catch {
      throw .invalidInstrument(error)
    }
  }
}
