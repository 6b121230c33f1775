import Market

/// Symbols by the order of their first appearance, found from bytes without making a `String`.
struct SymbolTable {
  private(set) var names: [String] = []
  private var texts: [[UInt8]] = []
  /// Open addressing, twice as many places as symbols at least; −1 is free.
  private var slots = [Int32](repeating: -1, count: 64)
  private var last = -1
  /// Only these symbols are wanted; others are skipped. Empty where all are.
  private let isFixed: Bool

  init(wanted: [String] = []) {
    isFixed = !wanted.isEmpty
    for name in wanted { _ = insert(Array(name.utf8)) }
  }

  enum Outcome: Equatable {
    case index(Int)
    case notWanted
    case invalid
    case tooMany
  }

  /// - Complexity: comparing with the row before's symbol mostly; else one hash.
  mutating func find(_ bytes: UnsafeBufferPointer<UInt8>) -> Outcome {
    if last >= 0, matches(last, bytes) { return .index(last) }
    var slot = SymbolTable.hash(bytes) & (slots.count - 1)
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if matches(index, bytes) {
        last = index
        return .index(index)
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    if !SymbolTable.isValid(bytes) { return .invalid }
    if isFixed { return .notWanted }
    if names.count == RowLimits.instrumentCountMax { return .tooMany }
    last = insert(Array(bytes))
    return .index(last)
  }

  /// One to 32 bytes, all of them visible ASCII.
  static func isValid<Bytes: Collection>(_ bytes: Bytes) -> Bool where Bytes.Element == UInt8 {
    !bytes.isEmpty && bytes.count <= RowLimits.symbolBytesMax && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7f }
  }

  private mutating func insert(_ text: [UInt8]) -> Int {
    let index = names.count
    names.append(String(decoding: text, as: UTF8.self))
    texts.append(text)
    if names.count * 2 > slots.count {
      slots = [Int32](repeating: -1, count: slots.count * 2)
      for known in texts.indices { place(known) }
    } else {
      place(index)
    }
    return index
  }

  private mutating func place(_ index: Int) {
    var slot = texts[index].withUnsafeBufferPointer(SymbolTable.hash) & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(index)
  }

  private func matches(_ index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let text = texts[index]
    return text.count == bytes.count && text.withUnsafeBufferPointer { $0.elementsEqual(bytes) }
  }

  /// FNV-1a.
  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: hash >> 8)
  }
}
