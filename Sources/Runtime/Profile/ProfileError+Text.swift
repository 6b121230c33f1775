import Market

extension ProfileError: CustomStringConvertible {
  /// One line a problem: `FILE:LINE:COLUMN: path: problem; what to do`.
  package var description: String {
    var lines = problems.map { problem in
      let place = problem.path.isEmpty ? "" : "\(problem.path): "
      return "\(file):\(problem.line):\(problem.column): \(place)\(problem.fault)"
    }
    if omittedCount > 0 { lines.append("\(file): \(omittedCount) more problems; correct these first") }
    return lines.joined(separator: "\n")
  }
}

extension ProfileFault: CustomStringConvertible {
  /// The problem, a semicolon, and what to do about it.
  package var description: String {
    switch self {
    case .tooLarge(let bytes, let bytesMax):
      "the file has \(bytes) bytes, more than the \(bytesMax) of any profile; give a profile, not data"
    case .syntax(let problem): "this is no valid YAML: \(problem); correct the text here or just before"
    case .empty: "the profile is empty; start from a file in config/profiles"
    case .noGates: "the file names no gates; start from config/gates/live-15m.yaml"
    case .keyInProfile:
      "a text stands here, and it isn't shown: if it is a key or secret, it is known to everybody who has read the file, so make new ones; write where keys are: {env: NAME}, {file: PATH} or {credential: NAME}"
    case .secondDocument: "a second YAML document begins here; keep one profile a file"
    case .keyNotText: "a list or mapping stands where a key is due; write `key: value`"
    case .unknownKey(let key, let allowed): unknownText("key", key, allowed)
    case .repeatedKey(let key, let firstLine):
      "\(quoted(key)) is given again, first in line \(firstLine); keep one of them"
    case .missingKey(let key, let expected): "\(quoted(key)) is missing; add \(expected)"
    case .unfit(let found, let expected): unfitText(found, expected)
    case .tooPrecise(let text, let expected): tooPreciseText(text, expected)
    case .outOfRange(let text, let expected): "\(quoted(text)) is out of range; write \(expected)"
    case .leadingZero(let text):
      "\(quoted(text)) begins with a zero, which some programs read as octal; write it without"
    case .unitMissing(let text, let expected): "\(quoted(text)) has no unit; write \(expected)"
    case .notOneOf(let keys, let found):
      found.isEmpty
        ? "nothing says which model is meant; give one of \(list(keys))"
        : "\(list(found, last: "and")) are given together; keep one of them"
    case .onlyWith(let key): "this has a meaning only with \(quoted(key)); add that or remove this"
    case .emptyList(let expected): "the list is empty; add \(expected)"
    case .tooMany(let count, let countMax): "these are \(count), and \(countMax) are the most; remove some"
    case .repeatedSymbol(let symbol, let firstLine):
      "\(quoted(symbol)) is in the universe already, in line \(firstLine); remove one"
    case .repeatedInstrument(let symbol, let firstLine):
      "\(quoted(symbol)) is among the instruments already\(firstLine.map { ", in line \($0)" } ?? ""); remove one"
    case .notInCatalogue(let word, let name, let known): catalogueText(word, name, known)
    case .noSuchInstant(let text): "there is no day or time \(quoted(text)); write \(ProfileExpectation.instant)"
    case .zoneMissing(let text):
      "\(quoted(text)) doesn't say whose time it is; add `Z` for UTC or an offset such as `-05:00`"
    case .severalStrategies(let count):
      "\(count) keys stand in one item; write one strategy an item, its parameters in braces or indented deeper than its name"
    case .endNotAfterStart(let start, let end):
      "the end \(end) is not after the start \(start); the end itself is not part of the run, so write a later one"
    case .offsetWithoutUse(let order, let users):
      "orders of type \(quoted(order)) don't look at this; remove it or write `order: \(users.joined(separator: "` or `order: "))`"
    case .firstTierNotFromZero(let text):
      "the first tier begins at \(quoted(text)), so that nothing says what is paid before; write `from: 0`"
    case .tierNotAscending(let text, let previous):
      "the tier begins at \(quoted(text)), the one before it at \(quoted(previous)); sort the tiers, each with its own start"
    case .noneOf(let keys): "nothing is said here; give one of \(list(keys))"
    case .notInUniverse(let symbol, let universe):
      if let nearest = NearestWord.nearest(to: symbol, in: universe) {
        "\(quoted(symbol)) is not in the universe; did you mean \(quoted(nearest))?"
      } else {
        "\(quoted(symbol)) is not in the universe; add it there or remove this"
      }
    case .ambiguousStrategy(let name, let places):
      "\(quoted(name)) stands in the list of strategies at \(list(places.map(String.init), last: "and")), counted from 0; write the place instead of the name"
    case .relation(let requirement): "\(requirement); change one of the values"
    case .expression(let line, let column, let problem):
      "\(problem), at line \(line), column \(column) of the expression; correct the expression there"
    }
  }
}

extension ProfileExpectation: CustomStringConvertible {
  /// What to write, with an example where one helps.
  package var description: String {
    switch self {
    case .mapping(let keys): "a mapping with the keys \(list(keys, last: "and"))"
    case .model(let words, let keys):
      words.isEmpty
        ? "a mapping with one of the keys \(list(keys))"
        : "\(list(words)) or a mapping with one of the keys \(list(keys))"
    case .name: "a name of a–z, 0–9 and _, such as `sma_cross`"
    case .path: "a path, such as `data/aapl.zst`"
    case .url(let schemes):
      "an address without user, query or fragment, such as `\(schemes[schemes.count - 1])://example.org`"
    case .universe: "`all` or a list of symbols, such as `[AAPL, MSFT]`"
    case .instruments: "a list of instruments, such as `[SPY, sector:technology, list:spdr]`"
    case .instrument:
      "a symbol of the catalogue, `list:NAME`, `sector:NAME`, `{list: NAME, sector: NAME}`, or an instrument such as `{symbol: AAPL, class: equity, currency: USD, tick: 0.01, lot: 1, calendar: xnys}`"
    case .symbol: "a symbol of 1 to 64 characters without blanks, such as `AAPL`"
    case .instant: "a date or an instant, such as `2004-01-31` or `2004-01-31T14:30:00Z`"
    case .currency: "a currency's code in capitals, such as `USD`"
    case .currencyEntry: "`convert`, `cost`, or the code of another currency than the profile's own, such as `EUR`"
    case .strategies: "a list of strategies, such as `- sma_cross: {fast: 10, slow: 30}`"
    case .strategy(let names): "one of the strategies \(list(names)), such as `- sma_cross: {fast: 10, slow: 30}`"
    case .tiers: "a list of tiers, such as `- {from: 0, maker: -1 bp, taker: 5 bp}`"
    case .tier: "a tier, such as `{from: 0, maker: -1 bp, taker: 5 bp}`"
    case .number(let rule): rule.description
    case .share(let rule): rule.description
    case .word(let words): list(words)
    case .flag: "`true` or `false`"
    case .expression: "a rule expression in quotes, such as `\"close > sma(close, 20)\"`"
    case .duration(let rule):
      "a duration above 0 s and at most \(DurationText.text(nanos: rule.high)), such as `\(rule.example)`"
    case .loss(let amount, let share): "\(amount), in the run's currency, or \(share)"
    case .hours: "local times from 00:00 to 24:00, such as `09:45-15:45`"
    case .collarSteps: "a list of shares, each wider than the one before, such as `[1 %, 2 %, 5 %]`"
    case .drawdownSteps: "a mapping from drawdowns to sizes, such as `{5 %: 75 %, 10 %: 50 %, 15 %: 0 %}`"
    case .breakers: "a list of breakers, such as `- daily_loss: {threshold: 2 %, action: halt}`"
    case .breaker(let names):
      "one of the breakers \(list(names)), such as `- daily_loss: {threshold: 2 %, action: halt}`"
    case .limitSets(let example): "a mapping from names to limits, such as `\(example)`"
    case .limit(let expected): "\(expected), or `unlimited`"
    }
  }
}

extension NumberRule: CustomStringConvertible {
  package var description: String {
    let kind = decimalCount == 0 ? "a whole number" : "a number"
    let from = isLowIncluded ? "of at least" : "above"
    return "\(kind) \(from) \(grouped(low)) and at most \(grouped(high))"
  }
}

extension ShareRule: CustomStringConvertible {
  package var description: String {
    let from = isLowIncluded ? "of at least" : "above"
    let upTo = isHighIncluded ? "at most" : "below"
    return
      "a share \(from) \(ShareText.percent(micros: low)) and \(upTo) \(ShareText.percent(micros: high)), such as `\(example)`"
  }
}

private func unfitText(_ found: ProfileFinding, _ expected: ProfileExpectation) -> String {
  switch found {
  case .nothing: return "there is no value; write \(expected)"
  case .list: return "a list stands here; write \(expected)"
  case .mapping: return "a mapping stands here; write \(expected)"
  case .text(let text, let isQuoted):
    switch expected {
    case .word(let words): return unknownText("word", text, words)
    case .model(let words, _) where NearestWord.nearest(to: text, in: words) != nil:
      return unknownText("word", text, words)
    case .strategy(let names): return unknownText("strategy", text, names)
    case .breaker(let names): return unknownText("breaker", text, names)
    case .limit where NearestWord.nearest(to: text, in: ["unlimited"]) != nil:
      return unknownText("word", text, ["unlimited"])
    case .limit(.number) where isQuoted:
      return "\(quoted(text)) is in quotes and so a text; write \(expected), without quotes"
    case .limit(.number): return "\(quoted(text)) is no number; write \(expected)"
    case .number where isQuoted: return "\(quoted(text)) is in quotes and so a text; write \(expected), without quotes"
    case .number: return "\(quoted(text)) is no number; write \(expected)"
    case .flag where isQuoted: return "\(quoted(text)) is in quotes and so a text; write \(expected), without quotes"
    case .mapping, .model, .name, .path, .url, .universe, .instruments, .instrument, .symbol, .instant, .currency,
      .currencyEntry,
      .strategies, .tiers, .tier, .share,
      .flag, .expression, .duration, .loss, .hours, .collarSteps, .drawdownSteps, .limitSets, .breakers, .limit:
      return "\(quoted(text)) doesn't fit; write \(expected)"
    }
  }
}

private func tooPreciseText(_ text: String, _ expected: ProfileExpectation) -> String {
  switch expected.withoutUnlimited {
  case .number(let rule) where rule.decimalCount == 0: "\(quoted(text)) is not whole; write \(expected)"
  case .number(let rule): "\(quoted(text)) has more than \(rule.decimalCount) decimals; write \(expected)"
  case .share: "\(quoted(text)) is finer than a millionth; write \(expected)"
  case .instant, .duration: "\(quoted(text)) is finer than a nanosecond; write \(expected)"
  case .mapping, .model, .name, .path, .url, .universe, .instruments, .instrument, .symbol, .currency, .currencyEntry,
    .strategies,
    .strategy, .tiers, .tier, .word,
    .flag, .expression, .loss, .hours, .collarSteps, .drawdownSteps, .breakers, .breaker, .limitSets, .limit:
    "\(quoted(text)) is too fine; write \(expected)"
  }
}

extension ProfileExpectation {
  fileprivate var withoutUnlimited: ProfileExpectation {
    if case .limit(let expected) = self { expected } else { self }
  }
}

/// A number with underscores between groups of three digits, as a profile may write it.
private func grouped(_ nanos: Int128) -> String {
  let text = FixedPoint.text(nanos: nanos)
  let whole = text.prefix { $0 != "." }
  var out = ""
  for (offset, digit) in whole.enumerated() {
    let left = whole.count - offset
    if left % 3 == 0, out.last?.isNumber == true { out.append("_") }
    out.append(digit)
  }
  return out + text.dropFirst(whole.count)
}

private func unknownText(_ noun: String, _ word: String, _ allowed: [String]) -> String {
  if let nearest = NearestWord.nearest(to: word, in: allowed) {
    return "unknown \(noun) \(quoted(word)); did you mean \(quoted(nearest))?"
  }
  if allowed.isEmpty { return "unknown \(noun) \(quoted(word)), there is none here; remove it" }
  return "unknown \(noun) \(quoted(word)); use \(list(allowed))"
}

private func catalogueText(_ word: CatalogueWord, _ name: String, _ known: [String]) -> String {
  let subject =
    switch word {
    case .symbol: "\(quoted(name)) is not in the catalogue of instruments"
    case .list: "the catalogue has no list \(quoted(name))"
    case .sector: "the catalogue has no sector \(quoted(name))"
    case .sectorOfList(let list): "the catalogue's list \(quoted(list)) has no sector \(quoted(name))"
    }
  if let nearest = NearestWord.nearest(to: name, in: known) { return "\(subject); did you mean \(quoted(nearest))?" }
  if word != .symbol { return "\(subject); use \(list(known))" }
  return
    "\(subject); write it out: `{symbol: \(name.prefix(64)), class: equity, currency: USD, tick: 0.01, lot: 1, calendar: xnys}`"
}

/// The words in back quotes, separated by commas and a last conjunction.
private func list(_ words: [String], last conjunction: String = "or") -> String {
  let marked = words.map(quoted)
  guard let final = marked.last, marked.count > 1 else { return marked.first ?? "" }
  return "\(marked.dropLast().joined(separator: ", ")) \(conjunction) \(final)"
}

/// The text in back quotes, cut where it is too long for a message, on one line.
private func quoted(_ text: String) -> String {
  let shown = text.count > 60 ? "\(text.prefix(60))…" : text
  return "`\(String(shown.map { $0.isNewline ? "⏎" : $0 }))`"
}
