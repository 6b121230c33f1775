import Events
import Foundation
import Market
import Testing

/// Format.md must be enough to write a reader: it names every kind with its number, role and fields, and every stored word with its number. The
/// registry and the enums themselves are compared with its tables, so that neither can change alone.
@Suite struct FormatDocumentTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func document() throws -> [Substring] {
    try String(contentsOf: root.appending(path: "Sources/Journal/Format.md"), encoding: .utf8)
      .split(separator: "\n")
  }

  private static func words<Value: Worded>(_ type: Value.Type) -> (type: String, words: String) {
    ("\(type)", type.allCases.map { "\($0.rawValue) `\($0.word)`" }.joined(separator: ", "))
  }

  private static let lists: [(type: String, words: String)] = [
    words(RunMode.self), words(AssetClass.self), words(CalendarName.self), words(BarSource.self),
    words(CorporateActionType.self), words(OperatorCommandType.self), words(FeedEndReason.self),
    words(Direction.self), words(SignalReason.self), words(RiskOutcome.self), words(RiskReason.self),
    words(Side.self), words(OrderType.self), words(TimeInForce.self), words(TrailUnit.self),
    words(OrderHours.self), words(OrderPurpose.self), words(FrontReason.self),
    words(RejectReason.self), words(CancelReason.self), words(ReduceReason.self), words(LiquiditySide.self),
    words(FillRule.self), words(CashReason.self), words(AlertCode.self), words(AlertSeverity.self),
    words(KillSource.self), words(KillPhase.self), words(TradingState.self), words(RiskScope.self),
    words(BreakerKind.self), words(BreakerAction.self), words(RearmCause.self), words(ExecutionType.self),
    words(ReportSource.self), words(NoticeCode.self), words(MeasurementSubject.self),
  ]

  @Test("lists every word of every stored enum with its number, and no others")
  func listsWords() throws {
    let lines = try Self.document()
    for list in Self.lists {
      #expect(lines.contains { $0.hasSuffix("| \(list.words) |") }, "\(list.type): \(list.words)")
    }
    let start = try #require(lines.firstIndex { $0.hasPrefix("## 7.") })
    let end = try #require(lines.firstIndex { $0.hasPrefix("## 8.") })
    // Heading, sentence, table head and rule stand before the lists.
    #expect(end - start - 4 == Self.lists.count)
  }

  @Test("no stored enum is missing from the test above")
  func knowsEveryEnum() throws {
    var declared: Set<String> = []
    let declaration = try Regex(#"enum (\w+): UInt8, [^{]*Worded"#)
    for folder in ["Sources/Events/Kinds", "Sources/Market"] {
      let url = Self.root.appending(path: folder)
      for file in try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
      where file.pathExtension == "swift" {
        for match in try String(contentsOf: file, encoding: .utf8).matches(of: declaration) {
          declared.insert(String(try #require(match.output[1].substring)))
        }
      }
    }
    // Weekdays and phases are computed, never stored.
    #expect(declared.subtracting(["Weekday", "MarketPhase"]) == Set(Self.lists.map(\.type)))
  }

  @Test("describes every kind by number, name, role and fields, and no other kind")
  func describesKinds() throws {
    let lines = try Self.document()
    var described = 0
    for sample in try Samples.all() {
      let body = type(of: sample.ordinary)
      let role =
        switch body.role {
        case .input: "input"
        case .derived: "derived"
        case .venueAnswer: "venue's answer"
        }
      let start = "| \(body.kind.rawValue) | `\(body.name)` | \(role) | "
      guard let line = lines.first(where: { $0.hasPrefix(start) }) else {
        Issue.record("no row begins with \(start)")
        continue
      }
      described += 1
      var fields = FieldList()
      sample.ordinary.list(into: &fields)
      let words = Set(line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
      for field in fields.fields { #expect(words.contains(field.name), "\(body.name): \(field.name)") }
      // What is said nowhere is of version 1.
      let mark = "version \(body.version)"
      #expect(body.version == 1 || line.contains(mark), "\(body.name): \(mark)")
    }
    let first = try #require(lines.firstIndex { $0.hasPrefix("## 8.") })
    let rows = lines[first...].prefix { !$0.hasPrefix("An instrument of") }
      .filter { $0.wholeMatch(of: /\| \d+ \| .*/) != nil }
    #expect(rows.count == described)
  }
}
