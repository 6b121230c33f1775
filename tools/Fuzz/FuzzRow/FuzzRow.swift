import Mutations

/// Single rows: kind, form, eight bytes of sequence, then origin and body, whose byte count is put right; where the form is 0 the rest is the whole row.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRow(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = UnsafeRawBufferPointer(start: start, count: count)
  guard count >= 10 else { return 0 }
  let sequence = UInt64(littleEndian: input.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
  let rest = UnsafeRawBufferPointer(rebasing: input[10...])
  let row = input[1] == 0 ? Array(rest) : RowTrial.row(kind: input[0], form: input[1], content: rest)
  Tally.shared.note(row.withUnsafeBytes { RowTrial.run($0, sequence: sequence) })
  return 0
}
