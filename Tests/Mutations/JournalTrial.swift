import Events
import Journal
import Market

/// Puts a whole file through everything that opens one. Errors are fine; what must hold:
///
/// - Where verify finds nothing wrong, every event is read, from the front and by seeking.
/// - Where verify finds nothing wrong, salvage copies all of it and loses nothing; and whatever it writes can be read.
/// - A file that is taken for writing stays a prefix of what it was and can be appended to and sealed; where verify found nothing wrong but a torn
///   tail, it is intact afterwards, with one more event.
package enum JournalTrial {
  package static func run(_ bytes: [UInt8]) -> Verdict {
    let file = MemoryFile(bytes: bytes)
    var report: VerifyReport?
    do throws(JournalError) {
      report = try verifyJournal(file: file)
    } catch {
      report = nil
    }
    if report?.isIntact == false, "\(String(describing: report?.damage))".isEmpty {
      return .finding("an error has no text")
    }
    do throws(Finding) {
      let isRead = try read(file, report: report, allowsFragments: false)
      _ = try read(file, report: nil, allowsFragments: true)
      let isWritten = try reopen(bytes, report: report)
      try salvage(file, report: report)
      return isRead || isWritten ? .accepted : .refused
    } catch {
      return .finding(error.text)
    }
  }

  private struct Finding: Error { let text: String }

  private static func read(
    _ file: MemoryFile, report: VerifyReport?, allowsFragments: Bool
  ) throws(Finding) -> Bool {
    var count: UInt64 = 0
    do throws(JournalError) {
      var reader = try JournalReader(file: file, allowsFragments: allowsFragments)
      let summary = reader.summary
      while let event = try reader.next() {
        guard event.sequence == summary.firstSequence + count else { throw Stop.sequence.error }
        count += 1
      }
      if let report, report.isIntact, count != summary.events || summary != report.summary {
        throw Stop.summary.error
      }
      for (place, sequence) in [0, count / 2, count].enumerated() {
        try reader.seek(toSequence: summary.firstSequence + sequence)
        let event = try reader.next()
        if place < 2, count > 0, event?.sequence != summary.firstSequence + sequence { throw Stop.seek.error }
      }
      try reader.seek(toTime: summary.lastTime ?? Timestamp(nanos: 0))
      _ = try reader.next()
      return true
    } catch {
      if let stop = Stop(error) { throw Finding(text: stop.rawValue) }
      if let report, report.isIntact { throw Finding(text: "verify finds nothing wrong, and reading fails: \(error)") }
      return false
    }
  }

  private static func reopen(_ bytes: [UInt8], report: VerifyReport?) throws(Finding) -> Bool {
    let file = MemoryFile(bytes: bytes)
    var isSound = report?.isIntact == true
    if case .tornTail? = report?.damage?.fault { isSound = true }
    do throws(JournalError) {
      var writer = try JournalWriter.reopen(file: file)
      let kept = file.bytes
      guard bytes.starts(with: kept) else { throw Stop.changed.error }
      let next = writer.nextSequence
      var buffer = EventBuffer()
      buffer.clear(nextSequence: next)
      buffer.append(Timer(number: 1), time: report?.summary.lastTime ?? Timestamp(nanos: .max))
      try writer.append(buffer)
      let summary = try writer.seal()
      guard isSound else { return true }
      let after = try verifyJournal(file: file)
      guard after.isIntact, after.summary == summary, summary.nextSequence == next + 1 else { throw Stop.sealed.error }
      return true
    } catch {
      if let stop = Stop(error) { throw Finding(text: stop.rawValue) }
      if isSound { throw Finding(text: "nothing but the tail is wrong, and it can't be written on: \(error)") }
      return false
    }
  }

  private static func salvage(_ file: MemoryFile, report: VerifyReport?) throws(Finding) {
    let disk = PassingDisk()
    let salvaged: SalvageReport
    do throws(SalvageError) {
      salvaged = try salvageJournal(file, to: "new.zst", disk: disk)
    } catch {
      if let report, report.isIntact, report.summary.blocks > 0 {
        throw Finding(text: "an intact journal isn't saved: \(error)")
      }
      return
    }
    if let report, report.isIntact, !salvaged.isComplete || salvaged.pieces[0].summary.head != report.summary.head {
      throw Finding(text: "an intact journal is saved in part")
    }
    for (piece, written) in zip(salvaged.pieces, disk.written) {
      var count: UInt64 = 0
      do throws(JournalError) {
        var reader = try JournalReader(file: written, allowsFragments: true)
        var block = DecodedBlock()
        while try reader.nextBlock(&block) { count += UInt64(block.eventCount) }
      } catch {
        throw Finding(text: "a saved piece can't be read: \(error)")
      }
      if count != piece.summary.events { throw Finding(text: "a saved piece has other events than its report says") }
    }
  }

  /// A finding on its way through calls that throw journal errors.
  private enum Stop: String {
    case sequence = "events are read out of sequence"
    case summary = "another number of events is read than verify counted"
    case seek = "seeking leads to another event"
    case changed = "reopening changed a byte that it kept"
    case sealed = "a sound journal that is written on isn't sound"

    var error: JournalError { JournalError(path: rawValue, fault: .stopped) }
    init?(_ error: JournalError) {
      guard case .stopped = error.fault else { return nil }
      self.init(rawValue: error.path)
    }
  }
}
