// Goal: whatever is behind right hashes, nothing traps, and what is accepted is spelled as the engine spells it. Method: the fuzzers' own checks
// (`Mutations`) on journals, blocks and rows changed at random from a fixed seed, with all hashes put right; `tools/fuzz.sh` looks further.
import Events
import Journal
import Market
import Mutations
import Testing

@Suite("Mutations")
struct MutationTests {
  private static let options = JournalOptions(limits: BlockLimits(events: 30, rowBytes: 3_000))

  private static func blocks(seed: UInt64, isExtreme: Bool = false) throws -> [[UInt8]] {
    let mix = EventMix(seed: seed, eventCount: 80, isExtreme: isExtreme)
    var reader = try JournalReader(file: MemoryFile(bytes: try mix.journal(options: options).bytes))
    var block = DecodedBlock()
    var blocks: [[UInt8]] = []
    while try reader.nextBlock(&block) { blocks.append(Array(block.canonicalBytes)) }
    return blocks
  }

  /// One to three bytes changed, put in or taken out, mostly near the front.
  private static func changed(_ original: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = original
    for _ in 0...random.next(below: 3) where !bytes.isEmpty {
      let limit = random.next(below: 2) == 0 ? min(bytes.count, 60) : bytes.count
      let place = Int(random.next(below: Int64(limit)))
      switch random.next(below: 6) {
      case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      case 1: bytes[place] ^= 1 << UInt8(random.next(below: 8))
      case 2: bytes.replaceSubrange(place...place, with: [0xff, 0xff, 0xff, 0xff, 0x0f])
      case 3: bytes.remove(at: place)
      case 4: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
      default: bytes.replaceSubrange(place...place, with: ForgedFrames.bytes(random.next(), 8))
      }
    }
    return bytes
  }

  private static func count(_ verdict: Verdict, _ accepted: inout Int, _ round: Int) {
    switch verdict {
    case .refused: break
    case .accepted: accepted += 1
    case .finding(let text): Issue.record("round \(round): \(text)")
    }
  }

  @Test("a journal in raw frames with forged trailers is a journal: the way behind the hashes is open")
  func forgery() throws {
    for isSealed in [false, true] {
      let journal = ForgedFrames.journal(try Self.blocks(seed: 7), isSealed: isSealed)
      let report = try verifyJournal(file: MemoryFile(bytes: journal))
      #expect(report.isIntact && report.summary.isSealed == isSealed && report.summary.blocks == 3)
      #expect(ForgedFrames.repaired(journal) == journal)
      #expect(JournalTrial.run(journal) == .accepted)
    }
  }

  @Test("changed blocks behind right hashes: read, verified and written on without a finding")
  func journals() throws {
    var random = SplitMix64(seed: 51)
    var accepted = 0
    for round in 0..<600 {
      var blocks = try Self.blocks(seed: UInt64(round % 5), isExtreme: round % 3 == 0)
      let place = Int(random.next(below: Int64(blocks.count)))
      blocks[place] = Self.changed(blocks[place], &random)
      Self.count(JournalTrial.run(ForgedFrames.journal(blocks, isSealed: round % 2 == 0)), &accepted, round)
    }
    // Most changes only make the journal end before the changed block.
    #expect(accepted > 40)
  }

  @Test("changed files with hashes put right, and as they are, without a finding")
  func files() throws {
    var random = SplitMix64(seed: 52)
    var accepted = 0
    let journal = ForgedFrames.journal(try Self.blocks(seed: 8), isSealed: true)
    for round in 0..<600 {
      let bytes = Self.changed(journal, &random)
      Self.count(JournalTrial.run(round % 2 == 0 ? ForgedFrames.repaired(bytes) : bytes), &accepted, round)
    }
    #expect(accepted > 50)
  }

  @Test("changed blocks: refused, or encoded to the same bytes")
  func singleBlocks() throws {
    var random = SplitMix64(seed: 53)
    var trial = BlockTrial()
    var accepted = 0
    var originals: [[UInt8]] = []
    for seed in UInt64(0)..<6 { originals += try Self.blocks(seed: seed, isExtreme: seed % 2 == 1) }
    for round in 0..<20_000 {
      let bytes = Self.changed(originals[round % originals.count], &random)
      Self.count(bytes.withUnsafeBytes { trial.run($0) }, &accepted, round)
    }
    #expect(accepted > 500)
  }

  @Test("changed rows of every kind: refused, or encoded to the same bytes")
  func rows() throws {
    var random = SplitMix64(seed: 54)
    var accepted = 0
    let sequence: UInt64 = 1_000
    for body in EventRegistry.bodies {
      let original = try EveryKindTests.row("\(body.name)", version: body.version)
      #expect(original.withUnsafeBytes { RowTrial.run($0, sequence: sequence) } == .accepted, "\(body.name)")
      // Kind, form and a count of one or two bytes stand in front of what the row holds.
      let content = original.dropFirst(original[2] < 0x80 ? 3 : 4)
      for round in 0..<1_000 {
        let changed = Self.changed(Array(content), &random)
        let row = changed.withUnsafeBytes { RowTrial.row(kind: original[0], form: original[1], content: $0) }
        Self.count(row.withUnsafeBytes { RowTrial.run($0, sequence: sequence) }, &accepted, round)
      }
    }
    #expect(accepted > 1_000)
  }
}
