import Scenarios
import Testing

/// Runs a scenario table and reports every line that went otherwise.
func check(_ table: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let differences = try Scenario(table).differences()
  #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))", sourceLocation: sourceLocation)
}
