import Market

/// Which instruments of the bars' journal take part in a run.
package enum Universe: Hashable, Sendable {
  case all
  /// In the profile's order, which is the order of the run's instruments.
  case symbols([String])
}

/// What a profile says about where a run begins.
extension ProfileReader {
  /// The most symbols a profile may name one by one.
  static let symbolCountMax = 4096

  mutating func name(_ value: ProfileValue) -> String? {
    let isAllowed = { (scalar: Unicode.Scalar) in
      ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
    }
    guard let text = value.text, (1...64).contains(text.unicodeScalars.count), text.unicodeScalars.allSatisfy(isAllowed)
    else {
      noteUnfit(value, .name)
      return nil
    }
    return text
  }

  mutating func path(_ value: ProfileValue) -> String? {
    guard let text = value.text, !text.isEmpty else {
      noteUnfit(value, .path)
      return nil
    }
    return text
  }

  mutating func universe(_ value: ProfileValue) -> Universe? {
    if value.text == "all" { return .all }
    guard let items = value.items else {
      noteUnfit(value, .universe)
      return nil
    }
    if items.isEmpty {
      note(.emptyList(expected: .symbol), at: value)
      return nil
    }
    if items.count > ProfileReader.symbolCountMax {
      note(.tooMany(count: items.count, countMax: ProfileReader.symbolCountMax), at: value)
      return nil
    }
    var symbols: [String] = []
    var firstLines: [String: Int] = [:]
    for item in items {
      guard let symbol = symbol(item) else { continue }
      if let firstLine = firstLines[symbol] {
        note(.repeatedSymbol(symbol, firstLine: firstLine), at: item)
      } else {
        firstLines[symbol] = item.place.line
        symbols.append(symbol)
      }
    }
    return .symbols(symbols)
  }

  mutating func symbol(_ value: ProfileValue) -> String? {
    guard let text = value.text, (1...64).contains(text.unicodeScalars.count),
      text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace })
    else {
      noteUnfit(value, .symbol)
      return nil
    }
    return text
  }

  mutating func instant(_ value: ProfileValue) -> Timestamp? {
    guard let text = value.text else {
      noteUnfit(value, .instant)
      return nil
    }
    do throws(TimestampError) { return try Timestamp(text) } catch {
      switch error {
      case .outOfRange: note(.outOfRange(text, expected: .instant), at: value)
      case .tooPrecise: note(.tooPrecise(text, expected: .instant), at: value)
      case .zoneMissing: note(.zoneMissing(text), at: value)
      case .fieldOutOfRange: note(.noSuchInstant(text), at: value)
      case .endOfText, .unexpectedByte: noteUnfit(value, .instant)
      }
      return nil
    }
  }

  mutating func currency(_ value: ProfileValue) -> Currency? {
    if let text = value.text, let currency = Currency(text) { return currency }
    noteUnfit(value, .currency)
    return nil
  }

  /// Start and end of the run, each nil where the profile leaves it open.
  mutating func range(_ root: ProfileMapping) -> (start: Timestamp?, end: Timestamp?) {
    let start = root["start"].flatMap { instant($0) }
    let end = root["end"].flatMap { instant($0) }
    if let start, let end, let value = root["end"], end <= start {
      note(.endNotAfterStart(start: start.profileText, end: end.profileText), at: value)
    }
    return (start, end)
  }
}

extension Timestamp {
  /// The shortest text that a profile reads as this instant.
  var profileText: String {
    let text = description
    let midnight = "T00:00:00Z"
    return text.hasSuffix(midnight) ? String(text.dropLast(midnight.count)) : text
  }
}
