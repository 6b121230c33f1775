/// Why a catalog of strategies can't be made.
public enum CatalogError: Error, Hashable, Sendable {
  /// Two strategies answer to one name.
  case nameTaken(String)
}

/// The strategies a profile can name: the built-in ones, then a user's own in the order in which they were passed.
public struct StrategyCatalog: Sendable {
  /// What is behind a name: a built-in is called directly, anything else through the protocol.
  enum Door: Sendable {
    case builtIn(BuiltInKind)
    case user(any Strategy.Type)
  }

  /// One strategy as help and profile checks see it.
  public struct Entry: Sendable {
    public let name: String
    public let parameters: [ParameterDescription]
    public let comparesInstruments: Bool
    let door: Door

    init(_ type: any Strategy.Type, door: Door) {
      name = type.name
      parameters = type.parameters
      comparesInstruments = type.comparesInstruments
      self.door = door
    }
  }

  /// All strategies in a stable order.
  public let entries: [Entry]

  /// Only what comes along.
  public static let builtIn = StrategyCatalog()

  private init() {
    entries = BuiltInKind.allCases.map { Entry($0.type, door: .builtIn($0)) }
  }

  /// The built-in strategies and these.
  /// - Throws: `CatalogError` where a name occurs twice.
  public init(adding types: [any Strategy.Type]) throws(CatalogError) {
    var entries = StrategyCatalog.builtIn.entries
    for type in types {
      if entries.contains(where: { $0.name == type.name }) { throw .nameTaken(type.name) }
      entries.append(Entry(type, door: .user(type)))
    }
    self.entries = entries
  }

  public var names: [String] { entries.map(\.name) }

  /// - Returns: nil where no strategy has this name.
  public subscript(name: String) -> Entry? { entries.first { $0.name == name } }
}
