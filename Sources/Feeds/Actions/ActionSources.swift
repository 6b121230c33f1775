import Crypto
import Events
import Market

/// The sources of one import of corporate actions, read, checked against each other and put into the order of their days.
struct ActionSources {
  private(set) var terms: [ActionTerms] = []
  private(set) var leftOut: [ActionFault] = []
  /// In the order in which they come up.
  private(set) var symbols: [String] = []
  let digest: [UInt8]

  /// Dates whose midnights 64 bits of nanoseconds hold.
  private static let years = 1678...2261

  init(_ request: ActionRequest) throws(ActionError) {
    if request.inputs.isEmpty { throw .input(.inputsMissing) }
    let count = request.symbols.count
    if count > 1, count != request.inputs.count {
      throw .input(.symbolCount(symbols: count, files: request.inputs.count))
    }
    var seen: Set<String> = []
    var hash = SHA256()
    var faults: [ActionFault] = []
    for (place, name) in request.inputs.enumerated() {
      if !seen.insert(name).inserted { throw .input(.inputTwice(path: name)) }
      let symbol = count == 0 ? nil : request.symbols[count == 1 ? 0 : place]
      let file: InputFile
      let bytes: [UInt8]
      do throws(ImportError) { (file, bytes) = try ActionSources.load(name, request.output) } catch {
        throw .input(error)
      }
      hash.update(data: file.digest)
      let reading = try ActionSources.read(file, bytes, symbol, request)
      terms += reading.terms
      leftOut += reading.leftOut
      faults += reading.faults
    }
    digest = Array(hash.finalize())
    faults += ActionSources.rangeFaults(terms) + ActionSources.repeats(terms)
    if !faults.isEmpty { throw .faults(faults) }
    if terms.isEmpty { throw .nothing(paths: request.inputs) }
    // Stable: what a source tells first of one day is done first.
    let order = terms.indices.sorted { (terms[$0].exDate, $0) < (terms[$1].exDate, $1) }
    terms = order.map { [terms] in terms[$0] }
    var known: Set<String> = []
    for action in terms {
      for symbol in [action.symbol, action.other].compactMap({ $0 }) where known.insert(symbol).inserted {
        symbols.append(symbol)
      }
    }
  }

  /// A file, unpacked, as a whole.
  static func load(_ name: String, _ output: ImportRequest.Output) throws(ImportError) -> (InputFile, [UInt8]) {
    let file = try InputFile(
      name: name, scratchFolder: PartialOutput.scratchFolder(output), meter: ProgressMeter(nil))
    let reader = try TextReader(file, chunkBytes: RowLimits.chunkBytes, meter: nil)
    var bytes: [UInt8] = []
    while try reader.fill(lineCount: 0) {
      bytes.append(contentsOf: reader.lines)
      reader.consume(reader.lines.count)
    }
    return (file, bytes)
  }

  private static func read(
    _ file: InputFile, _ bytes: [UInt8], _ given: String?, _ request: ActionRequest
  ) throws(ActionError) -> ActionReading {
    guard let form = request.form ?? ActionText.form(of: bytes) else { throw .formUnknown(path: file.name) }
    switch form {
    case .yahooEvents:
      var events = YahooEvents(path: file.name)
      return events.read(bytes, symbol: given)
    case .table:
      var table = ActionTable(path: file.name)
      return table.read(ActionText.lines(bytes))
    case .leanFactors, .leanMap:
      let symbol = given ?? (file.name == "-" ? "" : file.stem.uppercased())
      guard !symbol.isEmpty else { throw .input(.symbolMissing(path: file.name)) }
      if form == .leanMap {
        var map = LeanMapFile(symbol: symbol, path: file.name)
        return map.read(ActionText.lines(bytes))
      }
      var factors = LeanFactorFile(symbol: symbol, path: file.name, unusual: request.unusual)
      return factors.read(ActionText.lines(bytes))
    }
  }

  private static func rangeFaults(_ terms: [ActionTerms]) -> [ActionFault] {
    terms.filter { !years.contains(Int($0.exDate.year)) }.map {
      ActionFault(
        path: $0.path, line: $0.line, field: "date", text: "\($0.exDate)",
        reason: .impossible("not within 1678 to 2261"))
    }
  }

  /// The same action twice would count twice: the same file under another name, or two sources of one company.
  private static func repeats(_ terms: [ActionTerms]) -> [ActionFault] {
    struct Key: Hashable {
      var symbol: String
      var date: CivilDate
      var type: CorporateActionType
      // Several dividends of one day differ in their amounts.
      var cash: Int64
    }
    var first: [Key: ActionTerms] = [:]
    var faults: [ActionFault] = []
    for action in terms {
      let isDividend = action.type == .cashDividend || action.type == .specialDividend
      let key = Key(
        symbol: action.symbol, date: action.exDate, type: action.type, cash: isDividend ? action.cash : 0)
      if let known = first[key] {
        faults.append(
          ActionFault(
            path: action.path, line: action.line, field: "type", text: "\(action.type.word) of \(action.exDate)",
            reason: .twice(path: known.path, line: known.line)))
      } else {
        first[key] = action
      }
    }
    return faults
  }
}
