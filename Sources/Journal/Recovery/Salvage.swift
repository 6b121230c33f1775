import Events
import Glibc

/// Copies what is whole of a damaged journal into new files, and says what is lost. The journal itself is only read.
///
/// Every whole block, proved by its frame hash, is copied byte for byte. Blocks that continue each other's hash chain go into one file, in the order of
/// the chain. The chain that begins the journal becomes `path`, a sealed journal; every other one a fragment named after its first event,
/// which `JournalReader(file:allowsFragments:)` reads. The events of the live tail beside the journal go behind the block that its first record names:
/// they make the block that sealing would have made. Files are written under another name, made durable and then renamed: a file with its own
/// name is whole. No file that is there is replaced, under the other name neither: the journal may be called so.
///
/// - Throws: where a file can't be read or written, one is there already, or nothing is whole. Finished pieces stay.
package func salvageJournal(
  _ file: any JournalFile, to path: String, disk: any Disk = PosixDisk()
) throws(SalvageError) -> SalvageReport {
  let plan: SalvagePlan
  do throws(JournalError) {
    // The tail first, as readers do: a block that is closed meanwhile is then in the journal.
    let image = try TailImage.beside(file)
    plan = try SalvagePlan(file, tail: image)
  } catch {
    throw .journal(error)
  }
  guard !plan.chains.isEmpty else { throw .nothingWhole(path: file.path) }
  let paths = plan.paths(for: path)
  for path in paths { try refuseExisting(path, disk) }
  var pieces: [SalvagedPiece] = []
  for (place, path) in paths.enumerated() {
    pieces.append(try write(plan.chains[place], of: file, to: path, disk, isDisputed: plan.isDisputed(place)))
  }
  return SalvageReport(
    pieces: pieces, lostBytes: plan.gaps, lostEvents: plan.lostEvents, blocksMissingAtEnd: plan.blocksMissingAtEnd,
    repeatedBlocks: plan.repeatedBlocks, fileBytes: plan.fileBytes, tail: plan.tail, tornBytes: plan.torn)
}

private func refuseExisting(_ path: String, _ disk: any Disk) throws(SalvageError) {
  do throws(FileError) {
    guard let file = try disk.open(path, for: .reading) else { return }
    try file.close()
  } catch {
    // A folder or a file that can't be read is there too.
    throw error.operation == .open ? .exists(path: path) : .file(error)
  }
  throw .exists(path: path)
}

private func write(
  _ chain: BlockChain, of file: any JournalFile, to path: String, _ disk: any Disk, isDisputed: Bool
) throws(SalvageError) -> SalvagedPiece {
  let partial = path + ".salvaging"
  try refuseExisting(partial, disk)
  let summary: JournalSummary
  do throws(SalvageError) {
    summary = try fill(partial, with: chain, of: file, disk)
    try refuseExisting(path, disk)
    do throws(FileError) {
      try disk.rename(partial, to: path)
      try disk.syncFolder(of: path)
    } catch {
      throw .file(error)
    }
  } catch {
    // Half a piece is of no use, and would be in the way of the next attempt.
    do throws(FileError) { try disk.remove(partial) } catch { throw .file(error) }
    throw error
  }
  return SalvagedPiece(path: path, summary: summary, firstBlock: chain.first.blockIndex, isDisputed: isDisputed)
}

/// Writes a chain into a new file, durably and sealed.
private func fill(
  _ path: String, with chain: BlockChain, of file: any JournalFile, _ disk: any Disk
) throws(SalvageError) -> JournalSummary {
  var start = RecoveredStart(limits: chain.open?.draft.limits ?? .standard)
  var window: FileWindow
  do throws(JournalError) { window = try FileWindow(file: file) } catch { throw .journal(error) }
  let target: any JournalFile
  do throws(FileError) {
    target = try disk.create(path, for: .appending, replacing: false)
    for block in chain.blocks {
      try target.append(try window.wholeBytes(at: block.offset, count: Int(block.bytes)))
      start.table.append(compressed: block.trailer.compressedBytes, canonical: block.trailer.canonicalBytes)
    }
  } catch {
    throw .file(error)
  }
  start.first = chain.blocks.first?.trailer
  start.last = chain.open?.previous ?? chain.blocks.last?.trailer
  start.draft = chain.open?.draft
  let summary: JournalSummary
  do throws(JournalError) {
    summary = try JournalWriter(file: target, options: JournalOptions(), start: start).seal()
  } catch {
    if case .file(let failure) = error.fault { throw .file(failure) }
    throw .journal(error)
  }
  do throws(FileError) { try target.close() } catch { throw .file(error) }
  return summary
}

extension FileWindow {
  /// As `bytes`, for what has been there before.
  fileprivate mutating func wholeBytes(at offset: UInt64, count: Int) throws(FileError) -> UnsafeRawBufferPointer {
    let bytes: UnsafeRawBufferPointer
    do throws(JournalError) { bytes = try self.bytes(at: offset, count: count) } catch {
      if case .file(let error) = error.fault { throw error }
      throw FileError(operation: .read, path: file.path, code: EIO)
    }
    // Shorter than a moment ago: somebody is cutting it.
    guard bytes.count == count else { throw FileError(operation: .read, path: file.path, code: EIO) }
    return bytes
  }
}

extension SalvagePlan {
  /// A name for each chain: `path` for the journal's beginning, `STEM.from-SEQUENCE.zst` for the others.
  fileprivate func paths(for path: String) -> [String] {
    let stem = path.hasSuffix(".zst") ? String(path.dropLast(4)) : path
    var paths: [String] = []
    for (place, chain) in chains.enumerated() {
      if place == 0, chain.beginsJournal {
        paths.append(path)
        continue
      }
      let name = "\(stem).from-\(chain.first.firstSequence)"
      var candidate = name + ".zst"
      var number = 2
      while paths.contains(candidate) {
        candidate = "\(name)-\(number).zst"
        number += 1
      }
      paths.append(candidate)
    }
    return paths
  }

  /// Chains are as long as hashes let them be: one that begins just where another ends was not written behind it.
  fileprivate func isDisputed(_ place: Int) -> Bool {
    let chain = chains[place]
    return chains.enumerated().contains { other, candidate in
      other != place && candidate.first.firstSequence <= chain.last.nextSequence
        && chain.first.firstSequence <= candidate.last.nextSequence
    }
  }

  /// What no piece holds, from the journal's first event to the last piece's last.
  fileprivate var lostEvents: [LostEvents] {
    var lost: [LostEvents] = []
    var end: (sequence: UInt64, block: UInt64)?
    for chain in chains.sorted(by: { $0.first.firstSequence < $1.first.firstSequence }) {
      let sequence = end?.sequence ?? (chain.beginsJournal ? chain.first.firstSequence : 0)
      if chain.first.firstSequence > sequence {
        let block = end?.block ?? 0
        lost.append(
          LostEvents(
            firstSequence: end?.sequence, nextSequence: chain.first.firstSequence, firstBlock: block,
            nextBlock: max(chain.first.blockIndex, block)))
      }
      if chain.last.nextSequence > end?.sequence ?? 0 { end = (chain.last.nextSequence, chain.last.blockIndex + 1) }
    }
    if let events = tail?.lost {
      let block = end?.block ?? 0
      lost.append(
        LostEvents(
          firstSequence: events.lowerBound, nextSequence: events.upperBound, firstBlock: block, nextBlock: block))
    }
    return lost
  }

  /// By the seek table; where that says nothing, 0 if the file ends with a whole block and nil if it doesn't.
  fileprivate var blocksMissingAtEnd: UInt64? {
    let end = chains.map { $0.last.blockIndex + 1 }.max() ?? 0
    if let listedBlocks { return listedBlocks > end ? listedBlocks - end : 0 }
    guard let lastGap = gaps.last, lastGap.upperBound == fileBytes else { return 0 }
    return nil
  }
}
