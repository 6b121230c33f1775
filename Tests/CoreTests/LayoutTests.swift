import Testing

@testable import Core

/// Sizes that the hot path's speed rests on.
@Suite("Layout")
struct LayoutTests {
  @Test("a working order is no larger than what the compiler copies without a call")
  func workingOrder() { #expect(MemoryLayout<WorkingOrder>.size <= 128) }
}
