import Yams

/// A value of the profile's tree with its place and path.
struct ProfileValue {
  let node: Node
  /// Where the value stands, or where its key stands if it has one: the place for what is missing in it.
  let keyPlace: ProfileSource.Place
  let path: String

  /// Where the value itself begins.
  var place: ProfileSource.Place { ProfileSource.Place(node.mark) }

  /// What stands here, for messages.
  var finding: ProfileFinding {
    switch node {
    case .scalar(let scalar):
      isNothing ? .nothing : .text(scalar.string, isQuoted: scalar.style != .plain)
    case .mapping: .mapping
    case .sequence: .list
    case .alias: .nothing
    }
  }

  /// No value, `~` or `null`.
  var isNothing: Bool {
    guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  /// The text of a scalar; nil for lists, mappings and where there is no value.
  var text: String? {
    guard case .scalar(let scalar) = node, !isNothing else { return nil }
    return scalar.string
  }

  /// The text of a scalar without quotes.
  var plainText: String? {
    guard case .scalar(let scalar) = node, scalar.style == .plain, !isNothing else { return nil }
    return scalar.string
  }

  /// The entries of a mapping with the names of their keys, nil for keys that are lists or mappings.
  func pairs(_ source: ProfileSource) -> [(key: String?, value: ProfileValue)]? {
    guard case .mapping(let mapping) = node else { return nil }
    return mapping.map { keyNode, valueNode in
      var key: String?
      if case .scalar(let scalar) = keyNode { key = source.key(of: scalar) }
      let place = ProfileSource.Place(keyNode.mark)
      return (key, ProfileValue(node: valueNode, keyPlace: place, path: child(key ?? "?")))
    }
  }

  /// The path of what stands, or is missing, under `key`.
  func child(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// The items of a list, each with its number in its path.
  var items: [ProfileValue]? {
    guard case .sequence(let sequence) = node else { return nil }
    return sequence.enumerated().map { position, item in
      ProfileValue(node: item, keyPlace: ProfileSource.Place(item.mark), path: "\(path)[\(position)]")
    }
  }
}

/// The entries of a mapping that have known keys, each once.
struct ProfileMapping {
  let value: ProfileValue
  var entries: [(key: String, value: ProfileValue)] = []

  subscript(_ key: String) -> ProfileValue? { entries.first { $0.key == key }?.value }
}
