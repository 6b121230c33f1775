import Foundation
import Runtime
import Testing

@Test func printActual() throws {
  var out = ""
  let catalog = try ProfileSample.catalog()
  for c in ProfileProblemTests.cases {
    do {
      _ = try Profile.parse(yaml: c.yaml, file: "p.yaml", catalog: catalog); out += c.title + "\u{1f}ACCEPTED\u{1e}"
    } catch { out += c.title + "\u{1f}" + error.description + "\u{1e}" }
  }
  try out.write(toFile: "/tmp/actual.txt", atomically: true, encoding: .utf8)
}
