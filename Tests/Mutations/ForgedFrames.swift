import Events
import Journal
import Market

/// Journals whose hashes are right, whatever their content: the way to what stands behind the hashes.
package enum ForgedFrames {
  static let trailerBytes = 140

  /// A zstd frame that holds `content` in raw blocks, so that a changed byte of the frame is a changed byte of the content.
  package static func rawFrame(_ content: [UInt8]) -> [UInt8] {
    // Single segment, content size in eight bytes, no checksum.
    var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0b1110_0000] + bytes(UInt64(content.count), 8)
    var rest = content[...]
    repeat {
      let part = rest.prefix(128 << 10)
      rest = rest.dropFirst(part.count)
      frame += bytes(UInt64(part.count) << 3 | (rest.isEmpty ? 1 : 0), 3) + part
    } while !rest.isEmpty
    return frame
  }

  /// A journal of canonical blocks, each in a raw frame behind a trailer that says what the block says, with all hashes.
  ///
  /// - Parameter isSealed: whether a seek table ends it.
  package static func journal(_ blocks: [[UInt8]], isSealed: Bool = false) -> [UInt8] {
    var journal: [UInt8] = []
    var table: [UInt8] = []
    var chain = JournalHash.chainStart
    var barsBefore: UInt64 = 0
    var canonicalBefore: UInt64 = 0
    for canonical in blocks {
      let frame = rawFrame(canonical)
      let head = BlockHead(canonical)
      chain = canonical.withUnsafeBytes { JournalHash.chain(previous: chain, canonical: $0) }
      var trailer = bytes(0x184D_2A51, 4) + bytes(132, 4) + bytes(1, 4) + bytes(head.index, 8)
      trailer += bytes(head.firstSequence, 8) + bytes(head.events, 4) + bytes(head.bars, 4)
      trailer += bytes(UInt64(bitPattern: head.firstTime), 8) + bytes(UInt64(bitPattern: head.lastTime), 8)
      trailer += bytes(UInt64(canonical.count), 4) + bytes(UInt64(frame.count), 4)
      trailer += bytes(barsBefore, 8) + bytes(canonicalBefore, 8) + chain
      journal += frame + trailer + frameHash(trailer, frame)
      table += bytes(UInt64(frame.count), 4) + bytes(UInt64(canonical.count), 4) + bytes(140, 4) + bytes(0, 4)
      barsBefore &+= head.bars
      canonicalBefore += UInt64(canonical.count)
    }
    return isSealed ? journal + seekTable(entries: table) : journal
  }

  /// A seek table of `entries`, eight bytes each.
  package static func seekTable(entries: [UInt8]) -> [UInt8] {
    bytes(0x184D_2A5E, 4) + bytes(UInt64(entries.count) + 9, 4) + entries + bytes(UInt64(entries.count / 8), 4) + [0]
      + bytes(0x8F92_EAB1, 4)
  }

  /// `file` with the sizes and the hashes of every trailer made to fit the frame before it, as far as frames can be walked.
  package static func repaired(_ file: [UInt8]) -> [UInt8] {
    var repaired = file
    var chain = JournalHash.chainStart
    var start = 0
    while let (size, content) = frame(in: repaired, at: start), repaired.count - start - size >= trailerBytes {
      let trailerStart = start + size
      let frame = Array(repaired[start..<trailerStart])
      var trailer = Array(repaired[trailerStart..<trailerStart + 108])
      trailer.replaceSubrange(0..<8, with: bytes(0x184D_2A51, 4) + bytes(132, 4))
      trailer.replaceSubrange(56..<60, with: bytes(UInt64(size), 4))
      if let content {
        trailer.replaceSubrange(52..<56, with: bytes(UInt64(content.count), 4))
        chain = content.withUnsafeBytes { JournalHash.chain(previous: chain, canonical: $0) }
        trailer.replaceSubrange(76..<108, with: chain)
      } else {
        chain = Array(trailer[76..<108])
      }
      repaired.replaceSubrange(trailerStart..<trailerStart + trailerBytes, with: trailer + frameHash(trailer, frame))
      start = trailerStart + trailerBytes
    }
    return repaired
  }

  /// How long the zstd frame at `start` is by RFC 8878's headers, and its content where all its blocks are raw.
  private static func frame(in file: [UInt8], at start: Int) -> (size: Int, content: [UInt8]?)? {
    guard file.count - start > 5, file[start..<start + 4].elementsEqual([0x28, 0xB5, 0x2F, 0xFD]) else { return nil }
    let descriptor = file[start + 4]
    let isSingle = descriptor & 0x20 != 0
    var place = start + 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][Int(descriptor & 3)]
    place += [isSingle ? 1 : 0, 2, 4, 8][Int(descriptor >> 6)]
    var content: [UInt8]? = []
    while true {
      guard file.count - place >= 3 else { return nil }
      let header = Int(file[place]) | Int(file[place + 1]) << 8 | Int(file[place + 2]) << 16
      let stored = header & 6 == 2 ? 1 : header >> 3
      guard file.count - place - 3 >= stored else { return nil }
      if header & 6 == 0 { content?.append(contentsOf: file[place + 3..<place + 3 + stored]) } else { content = nil }
      place += 3 + stored
      if header & 1 == 1 { break }
    }
    return (place + (descriptor & 4 != 0 ? 4 : 0) - start, content)
  }

  private static func frameHash(_ trailer: [UInt8], _ frame: [UInt8]) -> [UInt8] {
    trailer.withUnsafeBytes { covered in frame.withUnsafeBytes { JournalHash.frame(trailer: covered, compressed: $0) } }
  }

  package static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }
}

/// What a trailer repeats of its block; zeros where the block can't be read that far.
private struct BlockHead {
  var index: UInt64 = 0
  var firstSequence: UInt64 = 0
  var events: UInt64 = 1
  var bars: UInt64 = 0
  var firstTime: Int64 = 0
  var lastTime: Int64 = 0

  init(_ canonical: [UInt8]) {
    var block = DecodedBlock()
    canonical.withUnsafeBytes { bytes in
      do throws(DecodeError) {
        try readHeader(bytes)
        try block.decode(copying: bytes)
        try readLastTime(block)
      } catch {
        // Whatever was read stands; the block will be refused.
      }
    }
  }

  private mutating func readHeader(_ bytes: UnsafeRawBufferPointer) throws(DecodeError) {
    var reader = ByteReader(bytes)
    _ = try reader.readBytes(5)
    index = try reader.readVarint()
    firstSequence = try reader.readVarint()
    _ = try reader.readVarint()
    _ = try reader.readVarint()
    events = try reader.readVarint()
    bars = try reader.readVarint()
    _ = try reader.readVarint()
    firstTime = try reader.readZigzag()
    lastTime = firstTime
  }

  private mutating func readLastTime(_ block: borrowing DecodedBlock) throws(DecodeError) {
    var reader = ByteReader(block.rows)
    var bar = 0
    for run in block.runs {
      if run.isBars {
        bar += run.count
        lastTime = block.bars[bar - 1].knownAt.nanos
        continue
      }
      for _ in 0..<run.count {
        // Far enough from the start that no reference can be refused here.
        let row = try EventRow(&reader, sequence: .max)
        if case .input(let time) = row.origin { lastTime = time.nanos }
      }
    }
  }
}
