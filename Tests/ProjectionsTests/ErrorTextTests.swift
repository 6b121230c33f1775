import Events
import Journal
import Projections
import Testing

/// Every error's text, compared whole.
struct ErrorTextTests {
  @Test("says what is wrong and what to do")
  func texts() throws {
    let errors: [ProjectionError] = [
      .journal(JournalError(path: "a.zst", fault: .notAJournal)),
      .decode(.endOfBytes(offset: 3), sequence: 7),
      .chain(.noStart(path: "a.zst")),
      .sequenceBeforeStart(7, path: "b.zst", firstSequence: 40),
      .identifierUnknown("fill"),
      .sequenceBeyondEnd(41, eventCount: 34),
      .output(errno: 32),
      .database(code: 11, message: "database disk image is malformed", path: "runs/runs.sqlite"),
      .folder(path: "runs", errno: 2),
      .databaseVersion(found: 7, expected: 1, path: "runs/runs.sqlite"),
      .runUnknown(prefix: "ff"),
      .runAmbiguous(prefix: "a", matches: ["ab", "ac"]),
    ]
    try expectGolden(errors.map { "\($0)\n" }.joined(), "errors.txt")
  }
}
