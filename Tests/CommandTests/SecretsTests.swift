// Goal: no key and no secret is anywhere but where it was put, whichever way it came and whichever kind it is.
// Method: whole live sessions at the rehearsal exchange, with faults that make requests fail and be repeated; every file that the session leaves, what it
// printed and logged, what its socket answers, the journal's decompressed events, and its command line in /proc are searched for both.
import Foundation
import Testing

@Suite("A key", .serialized)
struct SecretsTests {
  enum Kind: String, CaseIterable { case hmac, ed25519 }
  enum Source: String, CaseIterable { case environment, file, credential }

  /// What makes errors be told: refused, unanswered and cut-off requests.
  private static let faults = """
    seed: 5
    faults:
      - {fault: drop, on: order, at: 1}
      - {fault: timeout_after, on: order, at: 2}
      - {fault: cut_sockets, on: user_event, at: 2}

    """

  @Test(
    "leaves no trace in journal, log, output, errors, answers or command line", arguments: Kind.allCases,
    Source.allCases)
  func stays(_ kind: Kind, _ source: Source) throws {
    let rehearsal = try LiveRehearsal(faults: Self.faults)
    let stage = rehearsal.stage
    let pair = kind == .hmac ? rehearsal.hmac : rehearsal.ed25519
    let folder = "\(stage.folder.path)-keys"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, content) in [("venue.key", pair.key), ("venue.secret", pair.secret)] {
      let isMade = FileManager.default.createFile(
        atPath: "\(folder)/\(name)", contents: Foundation.Data(content.utf8), attributes: [.posixPermissions: 0o600])
      try #require(isMade)
    }
    let (written, environment): (String, [String: String]) =
      switch source {
      case .environment: ("{env: VENUE}", ["VENUE_KEY": pair.key, "VENUE_SECRET": pair.secret])
      case .file: ("{file: \(folder)/venue}", [:])
      case .credential: ("{credential: venue}", ["CREDENTIALS_DIRECTORY": folder])
      }
    let live = try rehearsal.begin(
      "run", profile: rehearsal.profile(keys: written), environment: environment.merging(["ALLOW_SUBMIT": "1"]) { $1 },
      arguments: ["--i-accept-live-orders", "--log-format", "json"])
    let arguments = try Foundation.Data(contentsOf: URL(filePath: "/proc/\(live.processIdentifier)/cmdline"))
    try rehearsal.await("run", live, "fills", atLeast: 3)
    let answers = try stage.outcome(
      "engine status run.zst; engine reconcile run.zst; engine reconcile run.zst --format json; ps -eo args | grep 'engine live'; engine stop run.zst"
    )
    live.waitUntilExit()
    #expect(live.terminationStatus == 0)
    let read = try stage.outcome(
      "zstd -dc run.zst > events.bin; engine export run.zst; engine inspect run.zst; engine certify run.zst --format json; engine reconcile run.zst"
    )
    #expect(read.code == 0 && read.output.contains("execution_report"), "\(read.errors)")

    var searched = [("cmdline", arguments), ("answers", Foundation.Data((answers.output + answers.errors).utf8))]
    searched.append(("export", Foundation.Data((read.output + read.errors).utf8)))
    for name in try FileManager.default.contentsOfDirectory(atPath: stage.folder.path) {
      searched.append((name, try Foundation.Data(contentsOf: URL(filePath: stage.path(name)))))
    }
    #expect(Set(searched.map(\.0)).isSuperset(of: ["run.zst", "run.out", "run.err", "cmdline"]))
    // Of a PEM the line that is the key.
    let secret = pair.secret.split(separator: "\n").first { !$0.hasPrefix("-----") }.map(String.init) ?? pair.secret
    try #require(secret.count >= 16 && pair.key.count >= 12)
    for (place, bytes) in searched {
      #expect(bytes.range(of: Foundation.Data(secret.utf8)) == nil, "the secret is in \(place)")
      #expect(bytes.range(of: Foundation.Data(pair.key.utf8)) == nil, "the key is in \(place)")
    }
    // The same search finds what is there.
    #expect(searched.contains { $0.1.range(of: Foundation.Data("execution_report".utf8)) != nil })
  }

  @Test("that the venue refuses leaves no trace in what is told of it either")
  func refused() throws {
    let rehearsal = try LiveRehearsal()
    let stage = rehearsal.stage
    let (key, secret) = ("a-key-that-nobody-has", "a-secret-that-is-wrong")
    let live = try rehearsal.begin(
      "run", profile: rehearsal.profile(keys: "{env: VENUE}"),
      environment: ["VENUE_KEY": key, "VENUE_SECRET": secret, "ALLOW_SUBMIT": "1"])
    try rehearsal.await("run", live, logs: " ERROR ")
    live.terminate()
    live.waitUntilExit()
    let log = try rehearsal.text("run.err")
    #expect(log.contains("ERROR"), "\(log.suffix(2_000))")
    for name in try FileManager.default.contentsOfDirectory(atPath: stage.folder.path) {
      let bytes = try Foundation.Data(contentsOf: URL(filePath: stage.path(name)))
      #expect(bytes.range(of: Foundation.Data(secret.utf8)) == nil, "the secret is in \(name)")
      #expect(bytes.range(of: Foundation.Data(key.utf8)) == nil, "the key is in \(name)")
    }
  }
}
