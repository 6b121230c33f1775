import Events
import Glibc
import Market

/// The text of every error of this room: what was read or written, where, what is wrong, and what to do.
extension JournalError: CustomStringConvertible {
  package var description: String {
    guard case .damagedBlock(let block, let offset, let firstSequence, let damage) = fault else {
      return "\(path): \(fault.text)"
    }
    if let resumption, resumption.offset == 0, resumption.block > 0 {
      return
        "\(path): it begins with block \(resumption.block), event \(resumption.sequence): what stood before is lost;"
        + " `engine export` and `engine inspect` print its events, all else needs the journal's beginning"
    }
    let events =
      if let resumption, resumption.sequence > firstSequence {
        "events \(firstSequence) to \(resumption.sequence - 1)"
      } else {
        "events from \(firstSequence) on"
      }
    let whole = resumption.map { "; block \($0.block) at byte \($0.offset) is whole again" } ?? ""
    return "\(path): block \(block) at byte \(offset), \(events): \(damage.text)\(whole);"
      + " restore the file from a copy, or let `engine salvage \(path) -o NEW` copy what is whole"
  }
}

extension FileError: CustomStringConvertible {
  package var description: String { "\(path): \(text)" }

  var text: String {
    let reason = code == 0 ? "not possible on this kind of file" : String(cString: strerror(code))
    let action =
      switch (operation, code) {
      case (.create, EEXIST): "choose another name, or say that it may be replaced"
      case (.open, ENOENT): "check the name"
      case (.open, EACCES), (.create, EACCES): "check the permissions"
      case (.write, ENOSPC), (.write, EDQUOT), (.sync, ENOSPC), (.sync, EDQUOT): "make room, then start again"
      case (.reserve, ENOSPC), (.reserve, EDQUOT):
        "make room for \((TailWriter.reserveBytes * 2 + BlockPipeline.reserveBytes * 2) >> 20) MiB, which are kept free for the last events, then start again"
      case (.write, _), (.sync, _): "nothing after the failure was accepted; check the disk, then start again"
      case (_, ESPIPE): "use a file instead of a stream"
      default: "check the path and the disk"
      }
    return "\(operation.rawValue) failed (errno \(code): \(reason)); \(action)"
  }
}

extension JournalFault {
  fileprivate var text: String {
    switch self {
    case .file(let error):
      return error.text
    case .notAJournal:
      return "this is no journal of this engine; name a file that `engine import` or a run wrote"
    case .newerFormat(let version, let block):
      return "block \(block) is of format version \(version), and this program reads up to \(JournalFormat.version);"
        + " use the newer program that wrote it"
    case .fileNotEmpty(let bytes):
      return "a new journal must begin in an empty file, and this one holds \(bytes) bytes; choose another name"
    case .damagedBlock(let block, let offset, _, let damage): return "block \(block) at byte \(offset): \(damage.text)"
    case .damagedSeekTable(let offset, let damage):
      return "seek table at byte \(offset): \(damage.text); all blocks are whole, so reopening and sealing the journal"
        + " makes the table new"
    case .tornTail(let offset, let bytes, let events):
      return "the last \(bytes) bytes, from byte \(offset) on, are no whole block: a write was cut short;"
        + " the \(events) events before them are whole, and `engine recover` cuts the rest off"
    case .damagedTail(let offset, let firstSequence, let behind):
      return
        "the live tail at byte \(offset) is not what was written: events \(firstSequence) to \(behind == 0 ? 0 : behind - 1) or later"
        + " were acknowledged and are damaged; restore \(JournalFormat.tailName) from a copy, or `engine salvage` what is whole"
    case .damagedTailPage(let offset):
      return
        "the live tail's page at byte \(offset) is not what was written; reopening the journal (`engine recover`) writes it anew"
    case .foreignTail(let offset):
      return
        "the live tail (record at byte \(offset)) does not go on from this journal's last block: it is of another journal;"
        + " put the right one beside it, or move it away to go on without the events in it"
    case .blocksMissing(let blocks, let expected, let events):
      return
        "the live tail goes on from block \(expected), and only \(blocks) blocks with \(events) events are whole: the journal's end was"
        + " lost; restore it from a copy, and reconcile with the venue before trading"
    case .lockedElsewhere:
      return "another process is writing this journal; stop that one first"
    case .superseded(let epoch, let by, let owner):
      return
        "another writer took this journal over (epoch \(by)\(owner.isEmpty ? "" : ", \(owner)"); this one was epoch \(epoch)):"
        + " nothing more is written here"
    case .replaced(let path):
      return
        "\(path) was renamed, removed or replaced while it was being written: nothing more is written; find out by whom"
    case .timeDecreases(let sequence, let time, let previous):
      return "event \(sequence) is known at \(time.nanos) ns, before the input in front of it at \(previous.nanos) ns;"
        + " sort the inputs by the time at which they become known"
    case .rowRefused(let sequence, let kind, let bytes):
      if kind == BarObserved.kind {
        return "event \(sequence) is a bar in row form; append bars as bars"
      }
      return "event \(sequence) (\(EventRegistry.name(of: kind))) has \(bytes) bytes, and a row may have"
        + " \(JournalFormat.rowBytesMax); shorten the profile or the universe"
    case .rowUnreadable(let sequence, let reason):
      return
        "the rows from event \(sequence) on can't be read back (\(reason.text)); this is a defect, please report it"
    case .stopped:
      return "the writer has stopped after an earlier failure; nothing was accepted since, start again"
    case .tooManyBlocks(let count):
      return "a seek table can't list \(count) blocks; split the run into several journals"
    case .compression(let code):
      return "libzstd failed with code \(code); check memory and the installed libzstd"
    }
  }
}

extension BlockDamage {
  fileprivate var text: String {
    switch self {
    case .cut: "the file ends inside it"
    case .frame(let code): "its zstd frame is damaged (libzstd code \(code))"
    case .contentSize(let claimed, let limit): "it claims \(claimed) bytes of content, and \(limit) are the most"
    case .trailerHeader: "no trailer stands behind its frame"
    case .trailerField(let field): "its trailer is wrong about \(field)"
    case .frameHash: "its bytes are not those that were written (SHA-256 of frame and trailer)"
    case .chainHash: "it does not continue the hash chain"
    case .decode(let reason): "its content can't be decoded (\(reason.text))"
    case .notCanonical: "its content is spelled in another way than the engine writes it"
    case .boundary: "it ends where no block ends"
    case .row(let sequence, let kind, let damage): "event \(sequence) (\(EventRegistry.name(of: kind))) \(damage.text)"
    case .timeDecreases(let sequence): "event \(sequence) is older than the input before it"
    }
  }
}

extension RowDamage {
  fileprivate var text: String {
    switch self {
    case .decode(let reason): "can't be decoded (\(reason.text))"
    case .notCanonical: "is spelled in another way than the engine writes it"
    case .role: "is an input where it must be derived, or the other way round"
    case .reference(let target): "refers to event \(target), which does not lie before it"
    }
  }
}

extension SeekTableDamage {
  fileprivate var text: String {
    switch self {
    case .header: "its header is wrong"
    case .reservedBits: "reserved bits are set"
    case .entryCount: "it lists another number of frames"
    case .entry(let index): "entry \(index) is not the size of its frame"
    case .sum: "its entries don't add up to where it stands"
    case .footer: "its last bytes are wrong"
    case .bytesBehind(let count): "\(count) bytes stand behind it"
    }
  }
}

extension DecodeError {
  fileprivate var text: String {
    switch self {
    case .endOfBytes(let offset): "ends early at byte \(offset)"
    case .varintTooLong(let offset): "number too long at byte \(offset)"
    case .notCanonical(let offset): "number not in its shortest form at byte \(offset)"
    case .valueOutOfRange(let field, let value): "\(field) out of range: \(value)"
    case .bytesLeftOver(let count): "\(count) bytes left over"
    case .unknownKind(let kind): "event kind \(kind) is none that this program knows"
    case .unknownVersion(let kind, let version):
      "\(EventRegistry.name(of: EventKind(rawValue: kind))) version \(version) is none that this program knows"
    case .textNotUTF8(let offset): "text is not UTF-8 at byte \(offset)"
    case .invalidBar(let reason): "impossible bar: \(reason)"
    case .invalidInstrument(let reason): "impossible instrument: \(reason)"
    case .inconsistent(let what): "\(what) contradicts the rest"
    }
  }
}
