import Market
import Yams

/// Reads a specification from YAML and collects everything that is wrong with it.
struct SpecificationReader {
  private let name: String
  private var faults: [SpecificationFault] = []
  /// Keys and their nodes; a setting from the command line takes the place of the file's.
  private var nodes: [String: Node] = [:]

  /// Every key that a specification may have, in the order of the documentation.
  static let keys = [
    "header", "delimiter", "columns", "time_format", "date_format", "zone", "time_is", "price_decimals",
    "excess_decimals", "bar_length", "calendar", "asset_class", "venue", "currency", "tick_size", "lot_size",
    "missing_volume", "bad_rows", "symbol_from", "hours", "outside_session",
  ]

  static func read(
    yaml: String, name: String, settings: [(key: String, value: String)]
  ) throws(SpecificationFaults) -> ImportSpecification {
    var reader = SpecificationReader(name: name)
    let specification = reader.read(yaml: yaml, settings: settings)
    if let specification, reader.faults.isEmpty { return specification }
    reader.faults.sort { ($0.line, $0.column) < ($1.line, $1.column) }
    throw SpecificationFaults(list: reader.faults)
  }

  private init(name: String) { self.name = name }

  private mutating func read(yaml: String, settings: [(key: String, value: String)]) -> ImportSpecification? {
    guard let root = compose(yaml) else { return nil }
    guard let mapping = root.mapping else {
      add(.notAMapping(key: ""), at: root)
      return nil
    }
    for (keyNode, value) in mapping {
      let key = keyNode.scalar?.string ?? ""
      if SpecificationReader.keys.contains(key) {
        nodes[key] = value
      } else {
        add(unknown(key, among: SpecificationReader.keys), at: keyNode)
      }
    }
    for setting in settings {
      if SpecificationReader.keys.contains(setting.key), setting.key != "columns" {
        nodes[setting.key] = Node(setting.value)
      } else {
        add(unknown(setting.key, among: SpecificationReader.keys.filter { $0 != "columns" }), at: nil)
      }
    }
    return assemble(root)
  }

  private mutating func compose(_ yaml: String) -> Node? {
    do {
      if let node = try Yams.compose(yaml: yaml) { return node }
      addToText(.notAMapping(key: ""))
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        faults.append(SpecificationFault(line: mark.line, column: mark.column, kind: .notYAML(problem: problem)))
      case .duplicatedKeysInMapping(let duplicates, let context):
        let problem = "the key \(duplicates.joined(separator: ", ")) stands twice"
        faults.append(
          SpecificationFault(
            line: context.mark.line, column: context.mark.column, kind: .notYAML(problem: problem)))
      default: addToText(.notYAML(problem: "it can't be read"))
      }
    } catch {
      addToText(.notYAML(problem: "it can't be read"))
    }
    return nil
  }

  private mutating func assemble(_ root: Node) -> ImportSpecification? {
    let hasHeader = flag("header")
    let delimiter = delimiter()
    let columns = columns(hasHeader: hasHeader ?? true, root)
    let timeFormat: TimeFormat? = word("time_format", required: true, root)
    let dateFormat: TimeFormat? = word("date_format", among: [.compactDate, .date, .americanDate], root)
    let zone: ImportZone? = word("zone", required: true, root)
    let stamp: BarStamp = word("time_is", root) ?? .open
    let priceDecimals = wholeNumber("price_decimals", in: 0...9) ?? 0
    let excessDecimals: ExcessDecimals = word("excess_decimals", root) ?? .refuse
    let calendar = calendar(root)
    let assetClass = named("asset_class", AssetClass.allCases, required: true, root)
    let barLength = barLength(calendar: calendar, root)
    let currency = currency(root)
    let tickSize = positiveDecimal("tick_size", root)
    let lotSize = positiveDecimal("lot_size", root)
    let missingVolume: MissingVolume = word("missing_volume", root) ?? .zero
    let badRows: BadRows = word("bad_rows", root) ?? .refuse
    let hours: ExpectedHours = word("hours", root) ?? .extended
    let outsideSession: OutsideSession = word("outside_session", root) ?? .flag
    let symbolSource: SymbolSource = word("symbol_from", root) ?? .fileName
    let venue = text("venue") ?? ""
    if let timeFormat, let columns, let barLength {
      check(timeFormat, dateFormat, columns, barLength)
    }
    guard let hasHeader, let delimiter, let columns, let timeFormat, let zone, let calendar, let assetClass,
      let barLength,
      let currency, let tickSize, let lotSize
    else { return nil }
    return ImportSpecification(
      name: name, hasHeader: hasHeader, delimiter: delimiter, columns: columns, timeFormat: timeFormat,
      dateFormat: dateFormat, zone: zone, stamp: stamp, priceDecimals: priceDecimals,
      excessDecimals: excessDecimals, barLength: barLength, calendar: calendar, assetClass: assetClass, venue: venue,
      currency: currency, tickSize: Price(nanos: tickSize), lotSize: Quantity(nanos: lotSize),
      missingVolume: missingVolume, badRows: badRows, hours: hours, outsideSession: outsideSession,
      symbolSource: symbolSource)
  }

  /// What must hold between the values.
  private mutating func check(
    _ timeFormat: TimeFormat, _ dateFormat: TimeFormat?, _ columns: [ColumnRole: ColumnReference], _ length: BarLength
  ) {
    let hasDateColumn = columns[.date] != nil
    if hasDateColumn && timeFormat.content != .timeOfDay {
      add(.contradiction(.dateColumnNeedsTimeOfDay), at: nodes["columns"])
    } else if hasDateColumn && dateFormat == nil {
      add(.contradiction(.dateFormatMissing), at: nodes["columns"])
    }
    if !hasDateColumn && dateFormat != nil {
      add(.contradiction(.dateFormatWithoutDateColumn), at: nodes["date_format"])
    }
    switch length {
    case .session:
      if timeFormat.content == .timeOfDay { add(.contradiction(.sessionNeedsDate), at: nodes["time_format"]) }
    case .nanos(let nanos):
      if timeFormat.content == .date && nanos < Timestamp.nanosPerDay {
        add(.contradiction(.dateOnlyNeedsDay), at: nodes["bar_length"])
      }
    }
  }

  // MARK: Single values

  private mutating func columns(hasHeader: Bool, _ root: Node) -> [ColumnRole: ColumnReference]? {
    guard let node = nodes["columns"] else {
      add(.missingKey("columns"), at: root)
      return nil
    }
    guard let mapping = node.mapping else {
      add(.notAMapping(key: "columns"), at: node)
      return nil
    }
    var columns: [ColumnRole: ColumnReference] = [:]
    var byPosition: [Int: ColumnRole] = [:]
    for (keyNode, value) in mapping {
      let key = keyNode.scalar?.string ?? ""
      guard let role = ColumnRole(rawValue: key) else {
        add(unknown(key, among: ColumnRole.allCases.map(\.rawValue)), at: keyNode)
        continue
      }
      guard let reference = reference(value, key: "columns.\(key)") else { continue }
      switch reference {
      case .names: if !hasHeader { add(.namesWithoutHeader(key: "columns.\(key)"), at: value) }
      case .position(let position):
        if let other = byPosition[position] {
          add(.positionUsedTwice(position, first: other.rawValue, second: key), at: value)
        }
        byPosition[position] = role
      }
      columns[role] = reference
    }
    for role in ColumnRole.allCases where role.isRequired && columns[role] == nil {
      if mapping.keys.contains(where: { $0.scalar?.string == role.rawValue }) { continue }
      add(.missingKey("columns.\(role.rawValue)"), at: node)
    }
    return columns
  }

  private mutating func reference(_ node: Node, key: String) -> ColumnReference? {
    let expected = "a name, a list of names, or a place from 1 to \(RowLimits.fieldCountMax)"
    if let scalar = node.scalar {
      if scalar.style == .plain, let position = Int(scalar.string) {
        if (1...RowLimits.fieldCountMax).contains(position) { return .position(position) }
      } else {
        return .names([scalar.string])
      }
    } else if let sequence = node.sequence, !sequence.isEmpty {
      let names = sequence.compactMap { $0.scalar?.string }
      if names.count == sequence.count { return .names(names) }
    }
    add(.wrongValue(key: key, found: shown(node), expected: expected), at: node)
    return nil
  }

  private mutating func flag(_ key: String) -> Bool? {
    guard let node = nodes[key] else { return true }
    switch node.scalar?.string {
    case "yes", "true": return true
    case "no", "false": return false
    default:
      add(.wrongValue(key: key, found: shown(node), expected: "yes or no"), at: node)
      return nil
    }
  }

  private mutating func delimiter() -> UInt8? {
    guard let node = nodes["delimiter"] else { return UInt8(ascii: ",") }
    let bytes = Array((node.scalar?.string ?? "").utf8)
    // Bytes that numbers, times or line ends consist of can't part them.
    let allowed = Array(",;|\t ".utf8)
    if bytes.count == 1, allowed.contains(bytes[0]) { return bytes[0] }
    add(.wrongValue(key: "delimiter", found: shown(node), expected: "one of \",\" \";\" \"|\" \"\\t\" \" \""), at: node)
    return nil
  }

  private mutating func wholeNumber(_ key: String, in range: ClosedRange<Int>) -> Int? {
    guard let node = nodes[key] else { return nil }
    if let number = Int(node.scalar?.string ?? ""), range.contains(number) { return number }
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    add(.wrongValue(key: key, found: shown(node), expected: expected), at: node)
    return nil
  }

  private mutating func positiveDecimal(_ key: String, _ root: Node) -> Int64? {
    guard let node = required(key, root) else { return nil }
    do throws(FixedPointError) {
      let nanos = try (node.scalar?.string ?? "").fixedPointNanos()
      if nanos > 0 { return nanos }
    } catch {
      // The text below says what is expected; which byte was wrong is plain from so short a text.
    }
    add(.wrongValue(key: key, found: shown(node), expected: "a positive number with at most nine decimals"), at: node)
    return nil
  }

  private mutating func currency(_ root: Node) -> Currency? {
    guard let node = required("currency", root) else { return nil }
    if let currency = Currency(node.scalar?.string ?? "") { return currency }
    add(.wrongValue(key: "currency", found: shown(node), expected: "a code such as USD"), at: node)
    return nil
  }

  private mutating func barLength(calendar: CalendarName?, _ root: Node) -> BarLength? {
    guard let node = required("bar_length", root) else { return nil }
    guard let length = BarLength(node.scalar?.string ?? "") else {
      let expected = "session, or a count and a unit such as 1m, 4h, 1d"
      add(.wrongValue(key: "bar_length", found: shown(node), expected: expected), at: node)
      return nil
    }
    // A day of a market with hours is its session, not 24 hours.
    if length == .nanos(Timestamp.nanosPerDay), let calendar, calendar != .always { return .session }
    return length
  }

  private mutating func word<Word: RawRepresentable & CaseIterable>(
    _ key: String, required isRequired: Bool = false, among allowed: [Word] = Array(Word.allCases), _ root: Node
  ) -> Word? where Word.RawValue == String {
    guard let node = isRequired ? required(key, root) : nodes[key] else { return nil }
    let found = node.scalar?.string ?? ""
    if let word = allowed.first(where: { $0.rawValue == found }) { return word }
    unknownWord(key, node, known: allowed.map(\.rawValue))
    return nil
  }

  private mutating func calendar(_ root: Node) -> CalendarName? {
    guard let node = required("calendar", root) else { return nil }
    if let name = CalendarName(word: node.scalar?.string ?? "") { return name }
    unknownWord("calendar", node, known: CalendarName.allCases.map(\.word))
    return nil
  }

  private mutating func named<Word>(_ key: String, _ allowed: [Word], required: Bool, _ root: Node) -> Word? {
    guard let node = self.required(key, root) else { return nil }
    let found = node.scalar?.string ?? ""
    if let word = allowed.first(where: { "\($0)" == found }) { return word }
    unknownWord(key, node, known: allowed.map { "\($0)" })
    return nil
  }

  private mutating func unknownWord(_ key: String, _ node: Node, known: [String]) {
    let found = shown(node)
    add(.unknownWord(key: key, found: found, nearest: NearestName.of(found, among: known), known: known), at: node)
  }

  private mutating func text(_ key: String) -> String? {
    guard let node = nodes[key] else { return nil }
    if let scalar = node.scalar, scalar.string.utf8.count <= 32 { return scalar.string }
    add(.wrongValue(key: key, found: shown(node), expected: "a text of at most 32 bytes"), at: node)
    return nil
  }

  private mutating func required(_ key: String, _ root: Node) -> Node? {
    if let node = nodes[key] { return node }
    add(.missingKey(key), at: root)
    return nil
  }

  private func unknown(_ key: String, among known: [String]) -> SpecificationFault.Kind {
    .unknownKey(key, nearest: NearestName.of(key, among: known), known: known)
  }

  private func shown(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): scalar.string
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  /// A fault of the text as a whole, empty or unreadable: it stands at its beginning, where no node is, and no setting is to blame.
  private mutating func addToText(_ kind: SpecificationFault.Kind) {
    faults.append(SpecificationFault(line: 1, column: 1, kind: kind))
  }

  private mutating func add(_ kind: SpecificationFault.Kind, at node: Node?) {
    faults.append(SpecificationFault(line: node?.mark?.line ?? 0, column: node?.mark?.column ?? 0, kind: kind))
  }
}

/// All that is wrong with one specification, in the order of its lines.
struct SpecificationFaults: Error {
  let list: [SpecificationFault]
}
