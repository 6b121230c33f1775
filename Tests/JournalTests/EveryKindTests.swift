// Goal: one stored journal holds every event kind, so that other people's readers can be tried on all of them (`tools/reader.sh`), and this
// program reads it for ever. Method: the golden rows of EventsTests, in one journal; its bytes are compared with the stored file.
import Events
import Foundation
import Market
import Testing

@testable import Journal

@Suite("Every kind")
struct EveryKindTests {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  private static let file = tests.appending(path: "JournalTests/Golden/every_kind_7.zst")
  /// As it was before fees in other assets were booked.
  private static let sixth = tests.appending(path: "JournalTests/Golden/every_kind_6.zst")
  /// As it was before futures rolled.
  private static let fifth = tests.appending(path: "JournalTests/Golden/every_kind_5.zst")
  /// As it was before orders had terms and took each other's place.
  private static let fourth = tests.appending(path: "JournalTests/Golden/every_kind_4.zst")
  /// As it was before orders followed corporate actions: actions of version 1.
  private static let third = tests.appending(path: "JournalTests/Golden/every_kind_3.zst")
  /// As it was before what venues, feeds and the process report came.
  private static let second = tests.appending(path: "JournalTests/Golden/every_kind_2.zst")
  /// As it was before the risk gate's kinds came: timers and risk decisions of version 1.
  private static let first = tests.appending(path: "JournalTests/Golden/every_kind.zst")
  /// The sequence that the golden rows were written for; references in them reach back from it.
  private static let rowSequence: UInt64 = 1_000

  static func row(_ name: String, version: UInt8) throws -> [UInt8] {
    let text = try String(
      contentsOf: tests.appending(path: "EventsTests/Golden/\(name).v\(version).hex"), encoding: .utf8)
    let digits = Array(try #require(text.components(separatedBy: "\n\n").first).filter { !$0.isNewline }.utf8)
    return try stride(from: 0, to: digits.count, by: 2).map {
      try #require(UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16))
    }
  }

  private static func append(_ bytes: [UInt8], to buffer: inout EventBuffer, writer: inout JournalWriter) throws {
    try bytes.withUnsafeBytes { view in
      var reader = ByteReader(view)
      let row = try EventRow(&reader, sequence: rowSequence)
      let body = try row.decodeAny(sequence: rowSequence)
      buffer.clear(nextSequence: writer.nextSequence)
      switch row.origin {
      case .input(let time): buffer.append(body, time: time)
      case .derived(let cause): buffer.append(body, cause: cause)
      }
      try writer.append(buffer)
    }
  }

  private static func journal() throws -> [UInt8] {
    let file = MemoryFile()
    var writer = try JournalWriter(file: file)
    var buffer = EventBuffer()
    let started = try row("run_started", version: 1)
    try append(started, to: &buffer, writer: &writer)
    var time = Timestamp(nanos: 0)
    started.withUnsafeBytes { view in
      var reader = ByteReader(view)
      if let row = try? EventRow(&reader, sequence: 0), case .input(let start) = row.origin { time = start }
    }
    // Causes and orders of the golden rows are events up to here.
    while writer.nextSequence <= rowSequence {
      buffer.clear(nextSequence: writer.nextSequence)
      buffer.append(Timer(number: writer.nextSequence), time: time)
      try writer.append(buffer)
    }
    for body in EventRegistry.bodies where body.kind != RunStarted.kind && body.kind != BarObserved.kind {
      try append(try row("\(body.name)", version: body.version), to: &buffer, writer: &writer)
    }
    for (place, source) in BarSource.allCases.enumerated() {
      try writer.append(
        Bar(
          instrument: InstrumentIndex(place % 2), openTime: time, durationNanos: Int64(place + 1),
          open: Price(nanos: 1_010_000_000), high: Price(nanos: 1_020_000_000), low: Price(nanos: -500_000_000),
          close: .zero, volume: Quantity(nanos: 7), source: source, isHistorical: place < 3))
    }
    _ = try writer.seal()
    return file.bytes
  }

  @Test("a journal of every kind is written as it was first written, verified, and read back")
  func everyKind() throws {
    let bytes = try Self.journal()
    if !FileManager.default.fileExists(atPath: Self.file.path) {
      if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" { try Data(bytes).write(to: Self.file) }
      Issue.record("there was no Golden/every_kind_7.zst")
      return
    }
    let stored = [UInt8](try Data(contentsOf: Self.file))
    var reader = try JournalReader(file: MemoryFile(bytes: stored))
    var kinds: Set<EventKind> = []
    while let event = try reader.next() { kinds.insert(event.kind) }
    #expect(kinds == Set(EventRegistry.bodies.map { $0.kind }))
    #expect(try verifyJournal(file: MemoryFile(bytes: stored)).isIntact)
    // The chain hash, not the file: another libzstd may compress otherwise.
    #expect(try JournalReader(file: MemoryFile(bytes: bytes)).summary.head == reader.summary.head)
  }

  @Test("a journal of the kinds that there were before fees in other assets were booked is read for ever")
  func sixthVersions() throws {
    let stored = [UInt8](try Data(contentsOf: Self.sixth))
    #expect(try verifyJournal(file: MemoryFile(bytes: stored)).isIntact)
    var reader = try JournalReader(file: MemoryFile(bytes: stored))
    var kinds: Set<EventKind> = []
    while let event = try reader.next() { kinds.insert(event.kind) }
    #expect(kinds.count == 42)
  }

  @Test("a journal of the kinds that there were before futures rolled is read for ever")
  func fifthVersions() throws {
    let stored = [UInt8](try Data(contentsOf: Self.fifth))
    #expect(try verifyJournal(file: MemoryFile(bytes: stored)).isIntact)
    var reader = try JournalReader(file: MemoryFile(bytes: stored))
    var kinds: Set<EventKind> = []
    while let event = try reader.next() { kinds.insert(event.kind) }
    #expect(kinds.count == 41)
  }

  @Test("a journal of the kinds that there were before order types came is read for ever")
  func fourthVersions() throws {
    let stored = [UInt8](try Data(contentsOf: Self.fourth))
    #expect(try verifyJournal(file: MemoryFile(bytes: stored)).isIntact)
    var reader = try JournalReader(file: MemoryFile(bytes: stored))
    var kinds: Set<EventKind> = []
    while let event = try reader.next() { kinds.insert(event.kind) }
    #expect(kinds.count == 36)
  }

  @Test("a journal of the kinds that there were before orders followed corporate actions is read for ever")
  func thirdVersions() throws {
    let stored = [UInt8](try Data(contentsOf: Self.third))
    #expect(try verifyJournal(file: MemoryFile(bytes: stored)).isIntact)
    var reader = try JournalReader(file: MemoryFile(bytes: stored))
    var kinds: Set<EventKind> = []
    while let event = try reader.next() { kinds.insert(event.kind) }
    #expect(kinds.count == 35)
  }

  @Test("a journal of the kinds that there were before live trading is read for ever")
  func secondVersions() throws {
    let stored = [UInt8](try Data(contentsOf: Self.second))
    #expect(try verifyJournal(file: MemoryFile(bytes: stored)).isIntact)
    var reader = try JournalReader(file: MemoryFile(bytes: stored))
    var kinds: Set<EventKind> = []
    while let event = try reader.next() { kinds.insert(event.kind) }
    #expect(kinds.count == 30)
  }

  @Test("a journal of the kinds and versions that there were at first is read for ever")
  func firstVersions() throws {
    let stored = [UInt8](try Data(contentsOf: Self.first))
    #expect(try verifyJournal(file: MemoryFile(bytes: stored)).isIntact)
    var reader = try JournalReader(file: MemoryFile(bytes: stored))
    var kinds: Set<EventKind> = []
    while let event = try reader.next() {
      kinds.insert(event.kind)
      guard case .row(_, _, _, let bytes) = event.content, [Events.Timer.kind, RiskDecision.kind].contains(event.kind)
      else {
        continue
      }
      #expect(bytes[1] & 0x7f == 1)
      let body = try bytes.withUnsafeBytes { view in
        var rows = ByteReader(view)
        return try EventRow(&rows, sequence: event.sequence).decodeAny(sequence: event.sequence)
      }
      if let timer = body as? Events.Timer { #expect(timer.reading == nil) }
      if let decision = body as? RiskDecision { #expect(decision.scope == .account && decision.checks == 0) }
    }
    #expect(kinds.count == 22)
  }
}
