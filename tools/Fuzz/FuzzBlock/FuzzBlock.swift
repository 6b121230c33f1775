import Mutations

/// Single canonical blocks, as they stand in a frame. Called on one thread.
private nonisolated(unsafe) var trial = BlockTrial()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBlock(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  Tally.shared.note(trial.run(UnsafeRawBufferPointer(start: start, count: count)))
  return 0
}
