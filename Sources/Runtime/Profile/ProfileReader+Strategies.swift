import Core
import Market
import Strategies

/// What a profile says about its strategies.
extension ProfileReader {
  mutating func strategies(
    _ value: ProfileValue, catalog: StrategyCatalog, universe: Universe?
  ) -> [StrategySpecification]? {
    guard let items = value.items else {
      noteUnfit(value, .strategies)
      return nil
    }
    if items.isEmpty { note(.emptyList(expected: .strategy(names: catalog.names)), at: value) }
    if items.count > Limits.strategiesMax {
      note(.tooMany(count: items.count, countMax: Limits.strategiesMax), at: value)
      return nil
    }
    let specifications = items.compactMap { strategy($0, catalog: catalog, universe: universe) }
    return specifications.count == items.count ? specifications : nil
  }

  /// `- NAME` or `- NAME: {PARAMETERS}`.
  private mutating func strategy(
    _ item: ProfileValue, catalog: StrategyCatalog, universe: Universe?
  ) -> StrategySpecification? {
    let name: String
    let whole: ProfileValue
    if let text = item.text {
      name = text
      whole = ProfileValue(node: item.node, keyPlace: item.place, path: item.child(name))
    } else if let pairs = item.pairs(source), let first = pairs.first, let key = first.key {
      if pairs.count > 1 {
        // Most often parameters that are not indented deeper than the name.
        note(.severalStrategies(count: pairs.count), at: item)
        return nil
      }
      name = key
      whole = first.value
    } else {
      noteUnfit(item, .strategy(names: catalog.names))
      return nil
    }
    guard let entry = catalog[name] else {
      note(
        .unfit(found: .text(name, isQuoted: false), expected: .strategy(names: catalog.names)), at: whole.keyPlace,
        path: item.path)
      return nil
    }
    var mapping = ProfileMapping(value: whole)
    if item.text == nil, !whole.isNothing {
      guard let read = self.mapping(whole, keys: entry.parameters.map(\.name)) else { return nil }
      mapping = read
    }
    guard let values = parameters(mapping, entry.parameters) else { return nil }
    let counts = entry.comparesInstruments ? universe.instrumentCounts : [1]
    let specification = StrategySpecification(name: name, parameters: values)
    return check(specification, mapping, catalog: catalog, instrumentCounts: counts) ? specification : nil
  }

  /// All described parameters with their values, defaults filled in; nil where one is wrong or missing.
  private mutating func parameters(
    _ mapping: ProfileMapping, _ descriptions: [ParameterDescription]
  ) -> ParameterValues? {
    var values: [String: ParameterValue] = [:]
    for description in descriptions {
      if let written = mapping[description.name] {
        values[description.name] = parameter(written, description.form)
      } else if let defaultValue = description.defaultValue {
        values[description.name] = defaultValue
      } else if !isMisspelt(description.name, in: mapping.value) {
        note(
          .missingKey(description.name, expected: description.form.expectation), at: mapping.value.keyPlace,
          path: mapping.value.path)
      }
    }
    return values.count == descriptions.count ? ParameterValues(values) : nil
  }

  private mutating func parameter(_ value: ProfileValue, _ form: ParameterDescription.Form) -> ParameterValue? {
    switch form {
    case .integer(let range): return integer(value, range).map { .integer($0) }
    case .decimal(let range):
      let rule = NumberRule(low: Int128(range.lowerBound), high: Int128(range.upperBound))
      return number(value, rule).map { .decimal(Int64($0)) }
    case .flag: return flag(value).map { .flag($0) }
    case .word(let words): return word(value, words.map { ($0, $0) }).map { .text($0) }
    case .expression:
      guard let text = value.text, text.contains(where: { !$0.isWhitespace }) else {
        noteUnfit(value, .expression)
        return nil
      }
      return .text(text.trimmedBlanks)
    }
  }

  /// Makes the strategy, for what the single descriptions can't rule out; one of the counts of instruments must do.
  private mutating func check(
    _ specification: StrategySpecification, _ mapping: ProfileMapping, catalog: StrategyCatalog, instrumentCounts: [Int]
  ) -> Bool {
    var refusal: StrategySetError?
    for count in instrumentCounts {
      do throws(StrategySetError) {
        _ = try StrategySet(
          [(name: specification.name, parameters: specification.parameters)], catalog: catalog,
          instrumentCount: count)
        return true
      } catch {
        refusal = error
      }
    }
    switch refusal {
    case nil: break
    case .unknown(let name, _):
      note(
        .unfit(found: .text(name, isQuoted: false), expected: .strategy(names: catalog.names)),
        at: mapping.value.keyPlace, path: mapping.value.path)
    case .parameter(.relation(let parameter, let requirement), _, _):
      let place = mapping[parameter]?.place ?? mapping.value.keyPlace
      note(.relation(requirement: requirement), at: place, path: mapping.value.child(parameter))
    case .parameter(.expression(let parameter, let line, let column, let problem), _, _):
      let place = mapping[parameter].map { self.place(in: $0, line: line, column: column) }
      note(
        .expression(line: line, column: column, problem: problem), at: place ?? mapping.value.keyPlace,
        path: mapping.value.child(parameter))
    }
    return false
  }

  /// The place in the file of a place in an expression, where the expression stands on one line as it is; else where it begins.
  private func place(in value: ProfileValue, line: Int, column: Int) -> ProfileSource.Place {
    let start = value.place
    guard line == 1, let text = value.text, start.line <= source.lines.count else { return start }
    let rest = source.lines[start.line - 1].unicodeScalars.dropFirst(start.column - 1)
    let quoteCount = value.plainText == nil ? 1 : 0
    guard rest.dropFirst(quoteCount).starts(with: text.unicodeScalars) else { return start }
    let blankCount = text.prefix { $0.isWhitespace }.unicodeScalars.count
    return ProfileSource.Place(line: start.line, column: start.column + quoteCount + blankCount + column - 1)
  }
}

extension Universe? {
  /// The counts of instruments with which a strategy that compares them is tried: where the bars alone say how many there are, a
  /// strategy is refused only if it can't do with any.
  fileprivate var instrumentCounts: [Int] {
    guard case .symbols(let symbols)? = self else { return [16, 1024, 32768] }
    return [max(1, symbols.count)]
  }
}

extension ParameterDescription.Form {
  fileprivate var expectation: ProfileExpectation {
    switch self {
    case .integer(let range): .number(.whole(range))
    case .decimal(let range): .number(NumberRule(low: Int128(range.lowerBound), high: Int128(range.upperBound)))
    case .expression: .expression
    case .word(let words): .word(words)
    case .flag: .flag
    }
  }
}

extension String {
  /// Without the blanks and line ends around it, which YAML's block texts add.
  fileprivate var trimmedBlanks: String {
    var rest = drop { $0.isWhitespace }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}
