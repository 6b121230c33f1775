/// Where each column stands in one file; places count from 0, −1 where there is no such column.
struct RowLayout: BitwiseCopyable {
  var date = -1
  var time = -1
  var open = -1
  var high = -1
  var low = -1
  var close = -1
  var volume = -1
  var symbol = -1
  /// Fields a row must have.
  var fieldCountMin = 0

  /// - Parameter header: the names of the file's first line; nil where it has none.
  init(_ specification: ImportSpecification, header: [String]?, path: String) throws(ImportError) {
    for role in ColumnRole.allCases {
      guard let reference = specification.columns[role], role != .adjustedClose else { continue }
      let isOptional = role == .volume && specification.missingVolume == .zero
      let place: Int
      switch reference {
      case .position(let position): place = position - 1
      case .names(let names):
        let found = header ?? []
        guard let match = try RowLayout.match(names, in: found, path: path) else {
          if isOptional { continue }
          throw .headerColumnMissing(path: path, line: 1, role: role, wanted: names, found: found)
        }
        place = match
      }
      set(role, place)
      // A row may end before a volume that may be missing.
      if !isOptional { fieldCountMin = max(fieldCountMin, place + 1) }
    }
  }

  private static func match(_ names: [String], in header: [String], path: String) throws(ImportError) -> Int? {
    for name in names {
      let places = header.indices.filter { header[$0].lowercased() == name.lowercased() }
      if places.count > 1 {
        // Exact spelling may still tell them apart.
        let exact = places.filter { header[$0] == name }
        if exact.count == 1 { return exact[0] }
        throw .headerColumnTwice(path: path, line: 1, name: name)
      }
      if let place = places.first { return place }
    }
    return nil
  }

  func place(of role: ColumnRole) -> Int {
    switch role {
    case .date: date
    case .time: time
    case .open: open
    case .high: high
    case .low: low
    case .close: close
    case .volume: volume
    case .symbol: symbol
    case .adjustedClose: -1
    }
  }

  /// The leftmost column that a row of `fieldCount` fields lacks.
  /// - Precondition: `fieldCount` is below `fieldCountMin`.
  func firstRole(beyond fieldCount: Int) -> ColumnRole {
    let missing = ColumnRole.allCases.filter { place(of: $0) >= fieldCount }
    return missing.min { place(of: $0) < place(of: $1) } ?? .close
  }

  private mutating func set(_ role: ColumnRole, _ place: Int) {
    switch role {
    case .date: date = place
    case .time: time = place
    case .open: open = place
    case .high: high = place
    case .low: low = place
    case .close: close = place
    case .volume: volume = place
    case .symbol: symbol = place
    case .adjustedClose: break
    }
  }
}
