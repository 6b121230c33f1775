// The ways in which a disk is made to fail, each over one journal's whole life.
import Events
import Market
import Simulation
import Synchronization

@testable import Journal

enum CrashHunt: CaseIterable {
  /// The power is cut at every operation, with every kind of damage.
  case everyOperation
  /// The operation under way is torn at every byte.
  case everyByte
  /// A sealed journal is taken up again, and the power cut while it is.
  case sealedReopened
  /// An existing journal is replaced.
  case replaced
  /// The power is cut while recovering from a cut.
  case recovery
  /// The process dies, another takes over, and then the power is cut.
  case killed
  /// Every operation fails, in every way.
  case failing

  /// Of all cases, in the ordinary test run.
  var share: Double {
    switch self {
    case .everyOperation: 0.2
    case .everyByte: 0.015
    case .sealedReopened: 0.08
    case .replaced: 0.06
    case .recovery: 0.006
    case .killed: 0.3
    case .failing: 0.06
    }
  }

  func run(_ script: JournalScript, _ tally: inout CrashTally) throws {
    switch self {
    case .everyOperation: try CrashHunt.everyOperation(script, &tally)
    case .everyByte: try CrashHunt.everyByte(script, &tally)
    case .sealedReopened: try CrashHunt.sealedReopened(script, &tally)
    case .replaced: try CrashHunt.replaced(script, &tally)
    case .recovery: try CrashHunt.recovery(script, &tally)
    case .killed: try CrashHunt.killed(script, &tally)
    case .failing: CrashHunt.failing(script, &tally)
    }
  }

  private static func everyOperation(_ script: JournalScript, _ tally: inout CrashTally) throws {
    let disk = SimulatedDisk()
    try script.run(on: disk)
    for moment in disk.history + [disk.now] where !tally.isDone { tally.everyKind(of: moment, script) }
  }

  private static func everyByte(_ script: JournalScript, _ tally: inout CrashTally) throws {
    let disk = SimulatedDisk()
    try script.run(on: disk)
    for moment in disk.history {
      guard case .change(let inode, .bytes(let bytes, let offset)) = moment.operation else { continue }
      let before = moment.state.inodes[inode].current
      for count in 1...bytes.count where !tally.isDone {
        // The same image as with a byte less.
        if offset + count <= before.count, before[offset + count - 1] == bytes[count - 1] { continue }
        guard tally.picks() else { continue }
        let image = moment.crash(.prefix(count), keepsNames: true, random: &tally.random)
        tally.check(image, script, "operation \(moment.number), first \(count) bytes")
      }
    }
  }

  private static func sealedReopened(_ script: JournalScript, _ tally: inout CrashTally) throws {
    for end: UInt64 in [5, 120, 131] {
      let disk = SimulatedDisk()
      try script.run(on: disk, to: end)
      let sealedAt = disk.operationCount
      try script.resume(on: disk)
      for moment in disk.history[sealedAt...] where !tally.isDone {
        tally.everyKind(of: moment, script, "sealed at \(end),")
      }
    }
  }

  private static func replaced(_ script: JournalScript, _ tally: inout CrashTally) throws {
    for isSealed in [false, true] {
      // The same events: what is left of the old journal, if anything, must read as a journal too.
      let disk = SimulatedDisk()
      if isSealed { try script.run(on: disk, to: 100) } else { try script.leaveOpen(on: disk, at: 100) }
      disk.state.withLock {
        $0.acknowledged = 0
        $0.isCreated = false
        $0.isSealed = false
      }
      let start = disk.operationCount
      try script.run(on: disk, replacing: true)
      for moment in disk.history[start...] where !tally.isDone {
        tally.everyKind(of: moment, script, "sealed \(isSealed),")
      }
    }
  }

  private static func recovery(_ script: JournalScript, _ tally: inout CrashTally) throws {
    let disk = SimulatedDisk()
    try script.run(on: disk, to: 101)
    try script.resume(on: disk)
    for moment in disk.history {
      for damage in CrashDamage.kinds where tally.picks() && !tally.isDone {
        let image = moment.crash(damage, keepsNames: true, random: &tally.random, records: true)
        guard image.content(of: JournalScript.path) != nil else { continue }
        let label = "operation \(moment.number), \(damage), then"
        tally.count(image, label) { () throws in
          _ = try JournalWriter.resume(path: JournalScript.path, disk: image, options: script.options)
          let once = image.content(of: JournalScript.path)
          _ = try JournalWriter.resume(path: JournalScript.path, disk: image, options: script.options)
          guard image.content(of: JournalScript.path) == once else {
            throw Finding(description: "recovering twice gave other bytes than once")
          }
        }
        for second in image.history {
          for again in CrashDamage.kinds where (tally.share >= 1 || tally.picks(20)) && !tally.isDone {
            let twice = second.crash(again, keepsNames: true, random: &tally.random)
            tally.check(twice, script, "\(label) operation \(second.number), \(again)")
          }
        }
      }
    }
  }

  /// What another process sees of a dead one is not durable for that: only what it calls so must be.
  private static func killed(_ script: JournalScript, _ tally: inout CrashTally) throws {
    let disk = SimulatedDisk()
    try script.run(on: disk)
    for moment in disk.history where tally.picks() && !tally.isDone {
      let dead = moment.kill()
      tally.resumeThenCrash(dead, script, "killed at operation \(moment.number)")
    }
  }

  private static func failing(_ script: JournalScript, _ tally: inout CrashTally) {
    var failing = 0
    var isPast = false
    while !isPast, !tally.isDone {
      for fault in SimulatedDisk.Fault.allCases where tally.picks() && !tally.isDone {
        let disk = SimulatedDisk(failing: [failing: fault])
        let label = "operation \(failing) \(fault)"
        do throws(JournalError) {
          try script.run(on: disk, stubborn: true)
          if disk.operationCount <= failing { isPast = true }
          tally.count(disk, label) { () throws in
            guard disk.content(of: JournalScript.path) == script.sealed else {
              throw Finding(description: "no error, and other bytes")
            }
          }
          // Nobody noticed: then nothing may be lost when the power fails soon after.
          for moment in disk.history.dropFirst(failing + 1).prefix(8) { tally.everyKind(of: moment, script, label) }
        } catch {
          guard case .file = error.fault else {
            tally.count(disk, label) { () throws in throw error }
            continue
          }
          tally.count(disk, label) { () throws in
            if disk.state.withLock({ $0.wentOn }) { throw Finding(description: "the writer went on after \(error)") }
          }
          // The power fails at once; or the system goes on, and somebody tries again.
          tally.everyKind(of: disk.now, script, label)
          tally.resumeThenCrash(disk, script, label)
        }
      }
      failing += 1
      if failing > 10_000 { isPast = true }
    }
  }
}

extension CrashTally {
  /// Takes the journal up on a system that runs on, and cuts the power: all that the new writer calls durable must be there.
  mutating func resumeThenCrash(_ disk: SimulatedDisk, _ script: JournalScript, _ label: String) {
    guard disk.content(of: JournalScript.path) != nil else { return }
    count(disk, label) { () throws in
      let writer = try JournalWriter.resume(path: JournalScript.path, disk: disk, options: script.options)
      let (acknowledged, durable) = (disk.state.withLock { $0.acknowledged }, writer.durableSequence)
      guard durable >= acknowledged else {
        throw Finding(description: "\(acknowledged) acknowledged, \(durable) called durable")
      }
      disk.noteCreated()
      disk.acknowledge(durable)
    }
    let after = disk.now
    for damage in [CrashDamage.lost, .whole, .mixed] {
      check(after.crash(damage, keepsNames: false, random: &random), script, "\(label), resumed, then \(damage)")
    }
  }
}
