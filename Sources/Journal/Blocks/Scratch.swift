/// Memory that is allocated once and used for every block; its bytes have no meaning between uses.
struct Scratch<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var capacity: Int

  init(capacity: Int) {
    self.capacity = max(capacity, 1)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  /// Makes room for `count` elements; the first `kept` stay.
  mutating func reserve(_ count: Int, keeping kept: Int = 0) {
    if count <= capacity { return }
    let grown = max(count, capacity * 2)
    let moved = UnsafeMutablePointer<Element>.allocate(capacity: grown)
    if kept > 0 { moved.update(from: base, count: kept) }
    base.deallocate()
    base = moved
    capacity = grown
  }
}
