import Glibc

extension ImportSpecification {
  /// The names of the specifications that come along.
  package static var builtInNames: [String] { BuiltInSpecifications.all.map(\.name) }

  /// A specification by the name of a built-in one or the path of a YAML file.
  ///
  /// - Parameter settings: keys of the specification whose values are to be replaced, as the command line gives them.
  /// - Throws: `specificationUnknown`, `specificationFaulty` with all faults at once, `system` where a file can't be read.
  package static func named(
    _ name: String, settings: [(key: String, value: String)] = []
  ) throws(ImportError) -> ImportSpecification {
    if let builtIn = BuiltInSpecifications.all.first(where: { $0.name == name }) {
      return try parse(builtIn.yaml, name: name, settings: settings)
    }
    let looksLikePath = name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    if !looksLikePath && access(name, F_OK) != 0 {
      throw .specificationUnknown(
        name: name, nearest: NearestName.of(name, among: builtInNames), known: builtInNames)
    }
    return try parse(try text(path: name), name: name, settings: settings)
  }

  /// Reads a specification from YAML text; `name` stands in errors and reports.
  package static func parse(
    _ yaml: String, name: String, settings: [(key: String, value: String)] = []
  ) throws(ImportError) -> ImportSpecification {
    do throws(SpecificationFaults) {
      return try SpecificationReader.read(yaml: yaml, name: name, settings: settings)
    } catch {
      throw .specificationFaulty(path: name, faults: error.list)
    }
  }

  /// A specification longer than this is some other file.
  private static let byteCountMax = 64 * 1024

  private static func text(path: String) throws(ImportError) -> String {
    let descriptor = try InputFile.open(path)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: byteCountMax + 1)
    var count = 0
    while count < bytes.count {
      let piece = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count) }
      if piece < 0 && errno == EINTR { continue }
      if piece < 0 { throw .failed("read", path) }
      if piece == 0 { break }
      count += piece
    }
    guard count <= byteCountMax, let text = String(validating: bytes[..<count], as: UTF8.self) else {
      throw .specificationNotText(path: path)
    }
    return text
  }
}
