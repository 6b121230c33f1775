// One journal's life on a simulated disk, and what must hold of whatever a crash left of it.
import Events
import Market
import Simulation
import Synchronization

@testable import Journal

/// Something that must never be seen: an acknowledged event that is gone, one that nobody wrote, other bytes at the end.
struct Finding: Error, CustomStringConvertible {
  let description: String
}

struct JournalScript {
  static let path = "folder/run.zst"
  static var tailPath: String { path + ".tail" }

  let mix: EventMix
  var options: JournalOptions
  /// The sealed journal of a run that nothing happened to.
  let sealed: [UInt8]
  private let singles: [Single]
  private let ends: Set<UInt64>

  private enum Single {
    case bar(Bar)
    case row(EventMix.Row)
  }

  /// - Parameter longGroup: events of the one group that spans blocks; the others have 1 to 5.
  init(seed: UInt64, eventCount: Int, options: JournalOptions, longGroup: Int64 = 90) throws {
    mix = EventMix(seed: seed, eventCount: eventCount)
    self.options = options
    sealed = try mix.journal(options: options).bytes
    singles = mix.steps.flatMap { step -> [Single] in
      switch step {
      case .bar(let bar): [.bar(bar)]
      case .rows(let rows): rows.map { .row($0) }
      }
    }
    var random = SplitMix64(seed: seed)
    var ends: Set<UInt64> = []
    var end: UInt64 = 0
    var group = 0
    while end < UInt64(singles.count) {
      end += UInt64(group == 12 ? longGroup : 1 + random.next(below: 5))
      ends.insert(end)
      group += 1
    }
    self.ends = ends
  }

  var count: UInt64 { UInt64(singles.count) }

  /// Appends from where the writer stands up to `end`, with a commit after each group.
  func goOn(_ writer: inout JournalWriter, on disk: SimulatedDisk, to end: UInt64, commits: Bool = true)
    throws(JournalError)
  {
    var buffer = EventBuffer()
    while writer.nextSequence < end {
      switch singles[Int(writer.nextSequence)] {
      case .bar(let bar): try writer.append(bar)
      case .row(let row):
        buffer.clear(nextSequence: writer.nextSequence)
        RowBuffer.append(row, to: &buffer)
        try writer.append(buffer)
      }
      if commits, ends.contains(writer.nextSequence) { disk.acknowledge(try writer.commit()) }
    }
  }

  /// The whole life: created, written, sealed.
  ///
  /// - Parameter stubborn: goes on after an error, which a writer must not let it.
  func run(
    on disk: SimulatedDisk, to end: UInt64? = nil, replacing: Bool = false, stubborn: Bool = false
  ) throws(JournalError) {
    var writer = try JournalWriter.create(
      path: JournalScript.path, disk: disk, options: options, replacing: replacing)
    disk.noteCreated()
    let end = end ?? count
    do throws(JournalError) {
      try goOn(&writer, on: disk, to: end)
    } catch {
      let before = disk.operationCount
      for _ in 0..<(stubborn ? 4 : 0) {
        do throws(JournalError) {
          disk.acknowledge(try writer.commit())
          try goOn(&writer, on: disk, to: end)
        } catch {}
      }
      if disk.operationCount > before { disk.noteWentOn() }
      throw error
    }
    _ = try writer.seal()
    disk.acknowledge(end)
    disk.noteSealed()
  }

  /// Written up to `end`, and left by a process that dies.
  func leaveOpen(on disk: SimulatedDisk, at end: UInt64) throws(JournalError) {
    var writer = try JournalWriter.create(path: JournalScript.path, disk: disk, options: options)
    try goOn(&writer, on: disk, to: end)
  }

  /// Taken up where a disk has it, written to the end, sealed.
  func resume(on disk: SimulatedDisk, to end: UInt64? = nil, commits: Bool = true) throws(JournalError) {
    disk.noteSealed(false)
    var writer = try JournalWriter.resume(path: JournalScript.path, disk: disk, options: options)
    try goOn(&writer, on: disk, to: end ?? count, commits: commits)
    let sequence = writer.nextSequence
    _ = try writer.seal()
    disk.acknowledge(sequence)
    disk.noteSealed()
  }

  /// What a reader finds: how many events, each equal to what was written.
  func read(_ disk: SimulatedDisk) throws -> UInt64 {
    guard let file = try disk.open(JournalScript.path, for: .reading) else { throw Finding(description: "no journal") }
    var reader = try JournalReader(file: file)
    if disk.state.withLock({ $0.isSealed }), !reader.summary.isSealed { throw Finding(description: "no longer sealed") }
    var sequence = 0
    while let event = try reader.next() {
      guard sequence < mix.expected.count, EventMix.Expected(event) == mix.expected[sequence] else {
        throw Finding(description: "event \(sequence) is not what was written")
      }
      sequence += 1
    }
    return UInt64(sequence)
  }

  /// Reads, resumes and reads again what a crash left: every acknowledged event must be there, equal, and nothing that was not written.
  ///
  /// - Parameter finishes: whether to go on to the end too, which must give the bytes of a run that nothing happened to.
  func check(_ disk: SimulatedDisk, finishes: Bool = true) throws {
    let (acknowledged, isCreated) = disk.state.withLock { ($0.acknowledged, $0.isCreated) }
    guard disk.content(of: JournalScript.path) != nil else {
      if isCreated { throw Finding(description: "the journal is gone") }
      return
    }
    let before = disk.operationCount
    let found = try read(disk)
    guard disk.operationCount == before else { throw Finding(description: "the reader wrote") }
    guard found >= acknowledged else { throw Finding(description: "\(acknowledged) acknowledged, \(found) read") }
    var writer = try JournalWriter.resume(path: JournalScript.path, disk: disk, options: options)
    guard writer.nextSequence == found else {
      throw Finding(description: "\(found) read, \(writer.nextSequence) resumed")
    }
    guard writer.durableSequence >= acknowledged else {
      throw Finding(description: "\(acknowledged) acknowledged, \(writer.durableSequence) called durable")
    }
    disk.noteSealed(false)
    let again = try read(disk)
    guard again == found else { throw Finding(description: "\(found) read before resuming, \(again) behind it") }
    guard finishes else { return }
    try goOn(&writer, on: disk, to: count)
    _ = try writer.seal()
    guard disk.content(of: JournalScript.path) == sealed else { throw Finding(description: "other bytes at the end") }
    guard disk.paths == [JournalScript.path] else { throw Finding(description: "left behind: \(disk.paths)") }
  }
}
