import Runtime
import Strategies
import Testing

/// Goal: whoever writes a wrong profile reads where it is wrong, what was found, and what to write.
///
/// Method: one line of a right profile is replaced, or the whole text; the whole message is compared.
struct WrongProfile: CustomTestStringConvertible, Sendable {
  let title: String
  let yaml: String
  let message: String
  var testDescription: String { title }

  /// The sample with line `line` replaced by `text`.
  init(_ title: String, line: Int, _ text: String, _ message: String) {
    var lines = ProfileSample.lines
    lines[line - 1] = text
    self.init(title, whole: lines.joined(separator: "\n") + "\n", message)
  }

  init(_ title: String, whole yaml: String, _ message: String) {
    self.title = title
    self.yaml = yaml
    self.message = message
  }
}

@Suite("A wrong profile")
struct ProfileProblemTests {
  @Test("is refused with the place, the problem and the remedy", arguments: ProfileProblemTests.cases)
  func isRefused(_ wrong: WrongProfile) throws {
    let catalog = try ProfileSample.catalog()
    let error = try #require(throws: ProfileError.self) {
      _ = try Profile.parse(yaml: wrong.yaml, file: "p.yaml", catalog: catalog)
    }
    #expect(error.description == wrong.message)
  }

  @Test("with a wrong rule is refused at the place of the mistake in the file")
  func wrongRule() throws {
    let rule = "cross_above(sma(close, 10), smaa(close, 30))"
    var lines = ProfileSample.lines
    lines[7] = "  - rules: {enter: \"\(rule)\"}"
    let yaml = lines.joined(separator: "\n")
    let error = try #require(throws: ProfileError.self) {
      _ = try Profile.parse(yaml: yaml, file: "p.yaml", catalog: .builtIn)
    }
    let problem = try #require(error.problems.first)
    #expect(error.problems.count == 1)
    #expect(problem.path == "strategies[0].rules.enter")
    let line = lines[7]
    let start = try #require(line.firstRange(of: "smaa")?.lowerBound)
    #expect((problem.line, problem.column) == (8, line.distance(from: line.startIndex, to: start) + 1))
    guard case .expression(line: 1, column: 29, problem: _) = problem.fault else {
      Issue.record("\(problem.fault)")
      return
    }
  }

  @Test("that is larger than any profile is not read at all")
  func tooLarge() throws {
    let catalog = try ProfileSample.catalog()
    let yaml = String(repeating: "# more\n", count: 50_000)
    let error = try #require(throws: ProfileError.self) {
      _ = try Profile.parse(yaml: yaml, file: "p.yaml", catalog: catalog)
    }
    #expect(
      error.description
        == "p.yaml:1:1: the file has 350000 bytes, more than the 262144 of any profile; give a profile, not data")
  }

  @Test("with more problems than people read lists the first hundred and counts the rest")
  func tooManyProblems() throws {
    let catalog = try ProfileSample.catalog()
    let yaml = ProfileSample.text + (1...130).map { "unknown_\($0): 1\n" }.joined()
    let error = try #require(throws: ProfileError.self) {
      _ = try Profile.parse(yaml: yaml, file: "p.yaml", catalog: catalog)
    }
    #expect(error.problems.count == 100)
    #expect(error.description.hasSuffix("\np.yaml: 30 more problems; correct these first"))
  }
}
