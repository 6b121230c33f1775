import Events

/// Orders by how they ended. Holds only those that still work.
struct OrderTally {
  struct Counts: Hashable, Sendable {
    var sent: UInt64 = 0
    var filled: UInt64 = 0
    var cancelled: UInt64 = 0
    var expired: UInt64 = 0
    var rejected: UInt64 = 0
    /// Working when the journal ends.
    var open: UInt64 = 0
    /// Of those cancelled, expired or open: filled in part.
    var partlyFilled: UInt64 = 0
  }

  private var counts = Counts()
  /// Working orders, and whether each has a fill.
  private var working: [UInt64: Bool] = [:]

  mutating func send(_ order: UInt64) {
    counts.sent += 1
    working[order] = false
  }

  mutating func fill(_ order: UInt64, isWhole: Bool) {
    if isWhole {
      if working.removeValue(forKey: order) != nil { counts.filled += 1 }
    } else if working[order] != nil {
      working[order] = true
    }
  }

  mutating func end(_ order: UInt64, as outcome: WritableKeyPath<Counts, UInt64>) {
    guard let isPartlyFilled = working.removeValue(forKey: order) else { return }
    counts[keyPath: outcome] += 1
    if isPartlyFilled { counts.partlyFilled += 1 }
  }

  /// With the orders that still work counted as open.
  var total: Counts {
    var total = counts
    total.open = UInt64(working.count)
    total.partlyFilled += UInt64(working.values.count { $0 })
    return total
  }
}
