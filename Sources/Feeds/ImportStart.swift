import Crypto
import Events
import Journal
import Market

/// What determines an import, and the event that says so.
struct ImportStart {
  let symbols: [String]
  let inputsDigest: [UInt8]
  let instruments: [Instrument]
  let event: RunStarted

  /// No event of an import is derived.
  private static let reducerVersion: UInt64 = 0

  /// - Throws: `symbolInvalid` where an instrument can't have such a symbol.
  init(
    _ specification: ImportSpecification, symbols: [String], inputsDigest: [UInt8]
  ) throws(ImportError) {
    self.symbols = symbols
    self.inputsDigest = inputsDigest
    var instruments: [Instrument] = []
    for symbol in symbols {
      do throws(InstrumentError) {
        instruments.append(
          try Instrument(
            symbol: symbol, venue: specification.venue, assetClass: specification.assetClass,
            currency: specification.currency, tickSize: specification.tickSize, lotSize: specification.lotSize,
            calendar: specification.calendar))
      } catch {
        // Sizes were checked with the specification.
        throw .symbolInvalid(symbol: symbol)
      }
    }
    self.instruments = instruments
    // The symbols are as much part of what was asked for as the specification: the same file as two symbols is two imports.
    let profile = JSONText.object([
      ("specification", specification.canonicalText),
      ("symbols", "[" + symbols.map(\.jsonQuoted).joined(separator: ",") + "]"),
    ])
    let profileDigest = Array(SHA256.hash(data: Array(profile.utf8)))
    event = RunStarted(
      mode: .import, reducerVersion: ImportStart.reducerVersion,
      runID: ImportStart.runID(profileDigest: profileDigest, inputsDigest: inputsDigest),
      profileDigest: profileDigest, inputsDigest: inputsDigest, profile: profile, currency: specification.currency,
      strategies: [], instruments: instruments)
  }

  /// As for every run (`RunIdentity` in `Runtime`, which stands above this room): the first 16 bytes of SHA-256 over domain,
  /// reducer version (8 bytes, lowest first), profile digest, inputs digest.
  private static func runID(profileDigest: [UInt8], inputsDigest: [UInt8]) -> [UInt8] {
    var buffer = ByteBuffer(capacity: 128)
    buffer.append(Array("engine.run.v1".utf8))
    buffer.appendFixed(reducerVersion)
    buffer.append(profileDigest)
    buffer.append(inputsDigest)
    return Array(SHA256.hash(data: buffer.array).prefix(16))
  }
}
