import Glibc
import Journal
import Market

extension ImportError: CustomStringConvertible {
  /// What went wrong, where, and what to do; several lines where several things are wrong.
  package var description: String {
    switch self {
    case .inputsMissing: "no input file: name one or more, or - for standard input"
    case .system(let failure):
      "\(failure.path): \(failure.call) failed: \(String(cString: strerror(failure.errno)))"
    case .inputIsFolder(let path): "\(path) is a folder: name the files in it, such as \(path)/*.csv"
    case .inputTwice(let path): "\(path) stands twice among the inputs: name it once"
    case .inputChanged(let path): "\(path) was changed while it was read: import it again when its writer is done"
    case .specificationUnknown(let name, let nearest, let known):
      "there is no specification \(name)\(ErrorText.meant(nearest)); known are \(known.joined(separator: ", ")), or name a YAML file"
    case .specificationFaulty(let path, let faults): ErrorText.of(faults, path: path)
    case .specificationNotText(let path):
      "\(path) is no specification: it must be YAML in UTF-8 of at most 64 KiB"
    case .symbolCount(let symbols, let files):
      "\(symbols) symbols for \(files) files: give one symbol for all files, one for each, or none to take the files' names"
    case .symbolInvalid(let symbol):
      "\"\(symbol)\" can't be a symbol: it must be 1 to \(RowLimits.symbolBytesMax) visible ASCII characters; name one with --symbol"
    case .symbolMissing(let path):
      "\(path == "-" ? "standard input" : path) says no symbol: name one with --symbol"
    case .symbolTwice(let symbol): "the symbol \(symbol) is asked for twice: name it once"
    case .symbolsNotFound(let symbols, let path):
      "\(path) has no rows of \(symbols.joined(separator: ", ")): check the spelling, or leave out --symbol to take all"
    case .tooManySymbols(let limit): "more than \(limit) symbols: import them in several journals"
    case .dateMissingInFileName(let path):
      "\(path): rows hold a time of day only, and the file's name doesn't begin with a date: name it like 20131004.csv"
    case .headerMissing(let path): "\(path) is empty where a header line is due: leave the file out, or set header: no"
    case .headerColumnMissing(let path, let line, let role, let wanted, let found):
      ErrorText.headerColumnMissing(path, line, role, wanted: wanted, found: found)
    case .headerColumnTwice(let path, let line, let name):
      "\(path) line \(line): the header has several columns \(name): give the place of the right one in the specification"
    case .lineTooLong(let path, let line, let bytesMax):
      "\(path) line \(line) is longer than \(bytesMax) bytes: this is no text file of bars"
    case .compressionCut(let path, let format):
      "\(path) ends in the middle of its \(format.rawValue) stream: fetch it again"
    case .compressionDamaged(let path, let format, let code):
      "\(path) is damaged: its \(format.rawValue) stream can't be unpacked (code \(code)): fetch it again"
    case .badRows(let list): ErrorText.of(list)
    case .outsideSession(let list, let calendar): ErrorText.outsideSession(list, calendar)
    case .noBars(let paths, let rows):
      rows == 0
        ? "no rows in \(paths.joined(separator: ", ")): nothing to import"
        : "none of \(rows) rows in \(paths.joined(separator: ", ")) became a bar: check symbols and specification"
    case .outputExists(let path): "\(path) exists: name another output, or pass --replace"
    case .outputNotAFile(let path): "\(path) is no regular file: name a file, or - for standard output"
    case .journal(let error): "\(error)"
    }
  }
}

extension BadRow: CustomStringConvertible {
  /// `FILE line N: what is wrong`.
  package var description: String { "\(RowPlace(path: path, line: line).text): \(fault)" }
}

extension RowFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .fieldMissing(let role, let position, let count):
      "the row has \(count) \(count == 1 ? "column" : "columns"), \(role.rawValue) is column \(position)"
    case .tooManyFields(let limit): "the row has more than \(limit) columns"
    case .empty(let role): "\(role.rawValue) is empty"
    case .notADecimal(let role, let text): "\(role.rawValue) \"\(text)\" is no decimal number"
    case .tooPrecise(let role, let text):
      "\(role.rawValue) \"\(text)\" has more than nine decimals; excess_decimals: round accepts it"
    case .decimalPoint(let role, let text, let decimals):
      "\(role.rawValue) \"\(text)\" has a decimal point, but the specification says prices are whole numbers with "
        + "\(decimals) \(decimals == 1 ? "decimal" : "decimals") implied; "
        + "choose another spec or set price_decimals=0"
    case .outOfRange(let role, let text): "\(role.rawValue) \"\(text)\" is beyond 9223372036.854775807"
    case .notATime(let role, let text, let format):
      "\(role.rawValue) \"\(text)\" is no time of the form \(format.rawValue)"
    case .timeOutOfRange(let role, let text): "\(role.rawValue) \"\(text)\" is not within the years 1678 to 2261"
    case .symbolInvalid(let text): "symbol \"\(text)\" is not 1 to \(RowLimits.symbolBytesMax) visible ASCII characters"
    case .volumeNegative(let volume): "volume \(volume) is negative"
    case .highBelow(let role, let high, let other): "high \(high) is below \(role.rawValue) \(other)"
    case .lowAbove(let role, let low, let other): "low \(low) is above \(role.rawValue) \(other)"
    case .outsideSession(let openTime, let phase, let calendar, let remark):
      "the bar of \(openTime) is outside the sessions of \(calendar.word): " + phase.text
        + (remark.map { " (\($0))" } ?? "")
    case .duplicate(let openTime, let previous): "a second bar of \(openTime), after \(previous.text)"
    case .outOfOrder(let openTime, let previousOpen, let previous):
      "the bar of \(openTime) comes after that of \(previousOpen) in \(previous.text): rows must be in increasing time"
    case .overlaps(let openTime, let previousClose, let previous):
      "the bar of \(openTime) opens before that of \(previous.text) closes at \(previousClose): is bar_length right?"
    }
  }
}

extension MarketPhase {
  fileprivate var text: String {
    switch self {
    case .closed: "the market is closed"
    case .break: "the market has its daily break"
    case .pre: "pre-market"
    case .regular: "regular hours"
    case .post: "post-market"
    }
  }
}

extension RowPlace {
  var text: String { "\(path == "-" ? "standard input" : path) line \(line)" }
}

enum ErrorText {
  static func meant(_ nearest: String?) -> String { nearest.map { " (did you mean \($0)?)" } ?? "" }

  static func of(_ list: BadRowList) -> String {
    var text = list.count == 1 ? "1 bad row; nothing was written." : "\(list.count) bad rows; nothing was written."
    for row in list.first { text += "\n  \(row)" }
    if list.count > list.first.count { text += "\n  … and \(list.count - list.first.count) more" }
    return text + "\nCorrect the file, or leave bad rows out and have them counted with --on-bad-row quarantine."
  }

  static func outsideSession(_ list: BadRowList, _ calendar: CalendarName) -> String {
    var text = list.count == 1 ? "1 bar lies" : "\(list.count) bars lie"
    text += " outside the sessions of \(calendar.word); nothing was written."
    for row in list.first { text += "\n  \(row)" }
    if list.count > list.first.count { text += "\n  … and \(list.count - list.first.count) more" }
    return text
      + "\nIs it the right calendar, zone and time_is? Leave such bars out with --outside-session quarantine, or keep them with flag."
  }

  static func headerColumnMissing(
    _ path: String, _ line: Int, _ role: ColumnRole, wanted: [String], found: [String]
  ) -> String {
    let names = wanted.map { "\"\($0)\"" }.joined(separator: " or ")
    let shown = found.prefix(20).map { name in
      var name = name
      return name.withUTF8 { "\"\(ShownText.of($0))\"" }
    }
    let nearest = wanted.lazy.compactMap { NearestName.of($0, among: found) }.first
    return "\(path) line \(line): no column \(names) for \(role.rawValue)\(meant(nearest)); the header has "
      + shown.joined(separator: ", ") + (found.count > 20 ? ", …" : "")
      + ": choose another specification or correct columns.\(role.rawValue)"
  }

  static func of(_ faults: [SpecificationFault], path: String) -> String {
    var text = "\(path): \(faults.count == 1 ? "1 fault" : "\(faults.count) faults") in the specification:"
    for fault in faults {
      let place = fault.line > 0 ? "line \(fault.line), column \(fault.column)" : "--set"
      text += "\n  \(place): \(of(fault.kind))"
    }
    return text + "\nCorrect them; config/specs has examples."
  }

  private static func of(_ kind: SpecificationFault.Kind) -> String {
    switch kind {
    case .notYAML(let problem): "not YAML: \(problem)"
    case .notAMapping(let key): key.isEmpty ? "keys and values are due" : "\(key) takes keys and values"
    case .unknownKey(let key, let nearest, let known):
      "unknown key \(key)"
        + (nearest.map { " (did you mean \($0)?)" } ?? "; known are \(known.joined(separator: ", "))")
    case .missingKey(let key): "\(key) is missing"
    case .wrongValue(let key, let found, let expected): "\(key): \"\(found)\" is not \(expected)"
    case .unknownWord(let key, let found, let nearest, let known):
      "\(key): \"\(found)\" is unknown\(meant(nearest)); one of \(known.joined(separator: ", "))"
    case .namesWithoutHeader(let key): "\(key) is a name, but header: no: give its place, counted from 1"
    case .positionUsedTwice(let position, let first, let second): "column \(position) is both \(first) and \(second)"
    case .contradiction(let contradiction): of(contradiction)
    }
  }

  private static func of(_ contradiction: SpecificationFault.Contradiction) -> String {
    switch contradiction {
    case .dateColumnNeedsTimeOfDay:
      "columns.date needs a time_format without a date: HH:mm:ss or milliseconds-of-day"
    case .dateFormatMissing: "columns.date needs a date_format: yyyyMMdd, yyyy-MM-dd or M/d/yyyy"
    case .dateFormatWithoutDateColumn: "date_format needs columns.date"
    case .sessionNeedsDate: "bar_length: session needs a time_format with a date"
    case .dateOnlyNeedsDay: "bars shorter than a day need a time_format with a time of day"
    }
  }
}
