// Goal: what was signed can't be passed off as anything else, one event's proof holds for that event alone, and verify finds every changed bit of a
// live tail. Method: every byte and bit of small files changed; notes, proofs and journals exchanged for each other's.
import Events
import Foundation
import Market
import Testing

@testable import Journal

@Suite("Seals and proofs")
struct ProofTests {
  private static let options = JournalOptions(
    limits: BlockLimits(events: 40, rowBytes: 4_000), durability: .commit, owner: "test")

  private static func start(run: UInt8) -> RunStarted {
    RunStarted(
      mode: .backtest, reducerVersion: 1, runID: [UInt8](repeating: run, count: 16),
      profileDigest: [UInt8](repeating: 1, count: 32), inputsDigest: [UInt8](repeating: 2, count: 32), profile: "{}",
      currency: .usd, strategies: [], instruments: [])
  }

  /// Appends a run's start and timers, one second apart, committed one by one from `committing` on.
  private static func append(
    run: UInt8 = 7, from first: Int = 0, to end: Int, committing: Int = .max, _ writer: inout JournalWriter
  ) throws {
    var buffer = EventBuffer()
    for number in first..<end {
      buffer.clear(nextSequence: writer.nextSequence)
      let time = Timestamp(nanos: 1_600_000_000_000_000_000 + Int64(number) * Timestamp.nanosPerSecond)
      if number == 0 {
        buffer.append(start(run: run), time: time)
      } else {
        buffer.append(Timer(number: UInt64(number)), time: time)
      }
      try writer.append(buffer)
      if number >= committing { try writer.commit() }
    }
  }

  private static func journal(run: UInt8 = 7, events: Int, first: UInt64 = 0) throws -> MemoryFile {
    let file = MemoryFile(path: "run-\(run).zst")
    var options = options
    options.durability = .close
    var writer = try JournalWriter(file: file, options: options, firstSequence: first)
    try append(run: run, to: events, &writer)
    _ = try writer.seal()
    return file
  }

  private static func report(_ file: any JournalFile) throws -> VerifyReport {
    let report = try verifyJournal(file: file, withRoot: true)
    #expect(report.isIntact)
    return report
  }

  @Test("every event of journals of one to ninety events is proved, also of one that begins in the middle of a run")
  func everyEvent() throws {
    let key = try SigningKey(name: "k")
    for (count, first) in [(1, 0), (2, 0), (39, 0), (40, 0), (41, 0), (90, 0), (57, 1_000)] as [(Int, UInt64)] {
      let file = try Self.journal(events: count, first: first)
      let seal = try JournalSeal(file, try Self.report(file), key: key)
      #expect(seal.checkpoint.events == UInt64(count) && seal.checkpoint.firstSequence == first)
      #expect(try seal.refusal(key.verifier, file, try Self.report(file)) == nil)
      var reader = try JournalReader(file: file)
      while let event = try reader.next() {
        let proof = try EventProof(Array(try seal.proof(of: event.sequence, in: file).text.utf8))
        let proved = try proof.check(key.verifier)
        #expect(EventLeaf.bytes(of: proved) == EventLeaf.bytes(of: event))
      }
      for sequence in [first + UInt64(count), .max] + (first > 0 ? [0, first - 1] : []) {
        #expect(
          throws: ProofError.noSuchEvent(path: file.path, sequence: sequence, first: first, events: UInt64(count))
        ) { try seal.proof(of: sequence, in: file) }
      }
    }
  }

  @Test("every changed, missing or added byte of a proof is refused")
  func everyByte() throws {
    let key = try SigningKey(name: "k")
    let file = try Self.journal(events: 50)
    let seal = try JournalSeal(file, try Self.report(file), key: key)
    let bytes = Array(try seal.proof(of: 33, in: file).text.utf8)
    func isAccepted(_ bytes: [UInt8]) -> Bool {
      do throws(ProofRefusal) {
        _ = try EventProof(bytes).check(key.verifier)
        return true
      } catch { return false }
    }
    #expect(isAccepted(bytes))
    for place in bytes.indices {
      for mask in [1, 2, 4, 8, 16, 32, 64, 128, 0xff] as [UInt8] {
        var changed = bytes
        changed[place] ^= mask
        #expect(!isAccepted(changed), "byte \(place)")
      }
      var shorter = bytes
      shorter.remove(at: place)
      #expect(!isAccepted(shorter) && !isAccepted(Array(bytes[..<place])), "without byte \(place)")
      for byte in [0, 10, 13, 32, 48, 65] as [UInt8] {
        #expect(!isAccepted(bytes[..<place] + [byte] + bytes[place...]), "\(byte) before byte \(place)")
      }
    }
    #expect(!isAccepted(bytes + [10]) && !isAccepted(bytes + bytes) && !isAccepted([]))
    #expect(!isAccepted(Array(String(decoding: bytes, as: UTF8.self).replacing("\n", with: "\r\n").utf8)))
  }

  @Test("a proof with another index, size, event, note or key is refused for what is wrong with it")
  func exchanged() throws {
    let key = try SigningKey(name: "k")
    let file = try Self.journal(events: 50)
    let seal = try JournalSeal(file, try Self.report(file), key: key)
    let other = try Self.journal(run: 8, events: 50)
    let otherSeal = try JournalSeal(other, try Self.report(other), key: key)
    func refusal(_ old: String, _ new: String, key verifier: VerifierKey? = nil) throws -> ProofRefusal? {
      let text = try seal.proof(of: 33, in: file).text.replacing(old, with: new)
      do throws(ProofRefusal) {
        _ = try EventProof(Array(text.utf8)).check(verifier ?? key.verifier)
        return nil
      } catch { return error }
    }
    #expect(try refusal("", "") == nil)
    #expect(try refusal("index 33\n", "index 34\n") == .path)
    #expect(try refusal("index 33\n", "index 50\n") == .path)
    #expect(try refusal("index 33\n", "index 033\n") == .proofUnreadable)
    #expect(try refusal("\n50\n", "\n51\n") == .signature(name: "k"))
    #expect(try refusal(seal.note.encoded, otherSeal.note.encoded) == .path)
    let leaf = Base64.text(EventLeaf.bytes(of: try #require(try Self.event(34, of: file))))
    let own = Base64.text(EventLeaf.bytes(of: try #require(try Self.event(33, of: file))))
    #expect(try refusal(own, leaf) == .path)
    let stranger = try SigningKey(name: "k").verifier
    #expect(try refusal("", "", key: stranger) == .otherKey(name: "k", signers: ["k"]))
    // Signed by the key itself: an event that stands where another belongs.
    var tree = MerkleTree(witness: 0)
    let misplaced = EventLeaf.bytes(of: try #require(try Self.event(34, of: file)))
    misplaced.withUnsafeBytes { tree.append($0) }
    let checkpoint = Checkpoint(
      runID: seal.checkpoint.runID, events: 1, root: tree.close().root, head: seal.checkpoint.head, firstSequence: 33)
    let note = try SignedNote(checkpoint.text, key: key)
    #expect(throws: ProofRefusal.place(sequence: 34, expected: 33)) {
      try EventProof(leaf: misplaced, index: 0, path: [], note: note, checkpoint: checkpoint).check(key.verifier)
    }
    #expect(throws: ProofError.self) { try otherSeal.proof(of: 33, in: file) }
  }

  private static func event(_ sequence: UInt64, of file: any JournalFile) throws -> JournalEvent? {
    var reader = try JournalReader(file: file)
    try reader.seek(toSequence: sequence)
    return try reader.next()
  }

  @Test("a seal is refused beside any other journal, and beside the same one grown or cut, with what differs")
  func otherJournals() throws {
    let key = try SigningKey(name: "k")
    let file = try Self.journal(events: 50)
    let seal = try JournalSeal(file, try Self.report(file), key: key)
    func refusal(_ other: MemoryFile) throws -> ProofRefusal? {
      try seal.refusal(key.verifier, other, try Self.report(other))
    }
    #expect(try refusal(file) == nil)
    #expect(
      try refusal(Self.journal(run: 8, events: 50))
        == .otherRun(signed: [UInt8](repeating: 7, count: 16), found: [UInt8](repeating: 8, count: 16)))
    #expect(try refusal(Self.journal(events: 51)) == .events(signed: 50, found: 51))
    #expect(try refusal(Self.journal(events: 49)) == .events(signed: 50, found: 49))
    #expect(try refusal(Self.journal(events: 50, first: 3)) == .firstSequence(signed: 0, found: 3))
    let unsealed = MemoryFile(bytes: Array(file.bytes.dropLast(17 + 32)), path: "open.zst")
    #expect(try refusal(unsealed) == .notSealed)
    #expect(throws: ProofError.notSealed(path: "open.zst")) {
      try JournalSeal(unsealed, try Self.report(unsealed), key: key)
    }
    // Head and root are signed both: each alone shows a change.
    let report = try Self.report(file)
    for part in 0..<2 {
      let wrong = [UInt8](repeating: 9, count: 32)
      let checkpoint = Checkpoint(
        runID: seal.checkpoint.runID, events: 50, root: part == 0 ? wrong : seal.checkpoint.root,
        head: part == 1 ? wrong : seal.checkpoint.head, firstSequence: 0)
      let forged = try #require(JournalSeal(Array(try SignedNote(checkpoint.text, key: key).encoded.utf8)))
      #expect(
        try forged.refusal(key.verifier, file, report)
          == (part == 0
            ? .root(signed: wrong, found: seal.checkpoint.root) : .head(signed: wrong, found: seal.checkpoint.head)))
    }
  }

  @Test("a copy is a prefix exactly where its events are the first of the other, and the first difference is named")
  func prefixes() throws {
    let whole = try Self.journal(events: 130)
    for count in [1, 39, 40, 41, 80, 81, 120, 129, 130] {
      let copy = try Self.journal(events: count)
      #expect(try JournalPrefix.compare(whole: whole, copy: copy) == .prefix(events: UInt64(count)))
      let swapped = try JournalPrefix.compare(whole: copy, copy: whole)
      #expect(swapped == (count == 130 ? .prefix(events: 130) : .differs(at: UInt64(count))))
      for place in [0, 1, 38, 39, 40, 79, 80, 128] where place < count {
        let changed = MemoryFile()
        var options = Self.options
        options.durability = .close
        var writer = try JournalWriter(file: changed, options: options)
        try Self.append(run: place == 0 ? 8 : 7, to: max(place, 1), &writer)
        if place > 0 {
          var buffer = EventBuffer()
          buffer.clear(nextSequence: writer.nextSequence)
          let time = Timestamp(nanos: 1_600_000_000_000_000_000 + Int64(place) * Timestamp.nanosPerSecond)
          buffer.append(Timer(number: 99_999), time: time)
          try writer.append(buffer)
        }
        try Self.append(from: max(place, 1) + (place == 0 ? 0 : 1), to: max(count, place + 1), &writer)
        _ = try writer.seal()
        #expect(try JournalPrefix.compare(whole: whole, copy: changed) == .differs(at: UInt64(place)))
      }
    }
    #expect(
      try JournalPrefix.compare(whole: whole, copy: try Self.journal(events: 5, first: 2))
        == .otherStart(whole: 0, copy: 2))
  }

  @Test("every flipped bit of a live tail is found, with records, with those of a closed block, and with none")
  func everyBitOfTail() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "engine-tail-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record("\(error)") } }
    // 43: three records behind a block. 40: the tail still holds what is in the closed block. 2: no block yet. 0: nothing yet.
    for count in [43, 40, 2, 0] {
      let path = folder + "/\(count).zst"
      do {
        var writer = try JournalWriter.create(path: path, options: Self.options)
        try Self.append(to: count, committing: max(count - 3, 0), &writer)
        if count > 0 { try writer.commit() }
      }
      let tail = try #require(FileManager.default.contents(atPath: path + ".tail"))
      let file = TailedFile(
        journal: Array(try #require(FileManager.default.contents(atPath: path))), tail: Array(tail))
      let whole = try verifyJournal(file: file, withRoot: true)
      #expect(whole.damage == nil && whole.summary.events == UInt64(count) && !whole.summary.isSealed)
      #expect(try JournalReader(file: file).summary == whole.summary)
      #expect(whole.rows == UInt64(count))
      if count > 0 {
        let sealed = try Self.journal(events: count)
        #expect(
          try Self.report(sealed).merkleRoot == whole.merkleRoot
            && whole.summary.head == (try Self.report(sealed).summary.head))
      }
      // One bit of each byte that is used; of the zeros, which are looked at alike, every 61st.
      for place in tail.indices where tail[place] != 0 || place % 61 == 0 {
        for bit in place % 97 == 0 ? 0..<8 : place % 8..<place % 8 + 1 {
          let changed = file.flipping(bit: bit, of: place)
          let report = try verifyJournal(file: changed)
          #expect(report.damage != nil, "\(count) events: bit \(bit) of byte \(place)")
        }
      }
    }
  }
}

/// A journal and its live tail in memory.
private final class TailedFile: JournalFile {
  private let journal: MemoryFile
  private let tail: [UInt8]
  var path: String { journal.path }

  init(journal: [UInt8], tail: [UInt8]) {
    self.journal = MemoryFile(bytes: journal, path: "tailed.zst")
    self.tail = tail
  }

  func flipping(bit: Int, of place: Int) -> TailedFile {
    var changed = tail
    changed[place] ^= 1 << UInt8(bit)
    return TailedFile(journal: journal.bytes, tail: changed)
  }

  func size() -> UInt64 { journal.size() }
  func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    journal.read(at: offset, into: buffer)
  }
  func append(_ bytes: UnsafeRawBufferPointer) { journal.append(bytes) }
  func truncate(to size: UInt64) { journal.truncate(to: size) }
  func sync() {}
  func close() {}
  func openTail() -> (any JournalFile)? { MemoryFile(bytes: tail, path: "tailed.zst.tail") }
}
