import Mutations

/// Whole journals. The first byte chooses how far the hashes are in the way: 0 the bytes as they are; 1 the bytes with every trailer made to
/// fit its frame; else a list of canonical blocks (two bytes of length, then the block), made into a journal, sealed where the byte is even.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJournal(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let mode = input.first else { return 0 }
  let rest = Array(input.dropFirst())
  let journal: [UInt8]
  switch mode {
  case 0: journal = rest
  case 1: journal = ForgedFrames.repaired(rest)
  default: journal = ForgedFrames.journal(blocks(rest), isSealed: mode % 2 == 0)
  }
  Tally.shared.note(JournalTrial.run(journal))
  return 0
}

private func blocks(_ bytes: [UInt8]) -> [[UInt8]] {
  var blocks: [[UInt8]] = []
  var rest = bytes[...]
  while let low = rest.popFirst(), let high = rest.popFirst() {
    let size = Int(low) | Int(high) << 8
    blocks.append(Array(rest.prefix(size)))
    rest = rest.dropFirst(size)
  }
  return blocks
}
