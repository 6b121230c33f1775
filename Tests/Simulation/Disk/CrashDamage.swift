// What a power cut may leave of a simulated disk.
package import Journal

/// What became of everything that no sync had made durable.
package enum CrashDamage: Hashable, Sendable {
  case lost
  case whole
  /// All before the operation under way whole, of that one its first bytes.
  case prefix(Int)
  /// All before it lost, the last one whole: the disk turned the order round.
  case lastOnly
  /// Any of the writes whole, the others lost.
  case some
  /// Of every write any of its 512-byte sectors.
  case sectors
  /// The size without the bytes.
  case zeros
  case garbage
  /// Any of these for each write.
  case mixed

  package static let kinds: [CrashDamage] = [
    .lost, .whole, .lastOnly, .some, .some, .sectors, .zeros, .garbage, .mixed,
  ]
}

extension SimulatedDisk.Moment {
  /// Whether anything was left to names that are not durable yet.
  package var hasPendingNames: Bool {
    if case .name = operation { return true }
    return !state.pendingNames.isEmpty
  }

  /// How many bytes the operation under way writes.
  package var bytesUnderWay: Int {
    if case .change(_, .bytes(let bytes, _)) = operation { bytes.count } else { 0 }
  }

  /// The disk as another process finds it when this one dies just before the operation: nothing is lost, and nothing more durable than before.
  package func kill() -> SimulatedDisk {
    var after = state
    for place in after.inodes.indices { after.inodes[place].lockedBy = nil }
    return SimulatedDisk(after, records: false)
  }

  /// The disk after the power came back.
  ///
  /// - Parameter keepsNames: whether names that no sync of the folder made durable are there; with `mixed` damage any of them.
  package func crash(
    _ damage: CrashDamage, keepsNames: Bool, random: inout SplitMix64, records: Bool = false
  ) -> SimulatedDisk {
    var after = SimulatedDisk.State()
    after.acknowledged = state.acknowledged
    after.isCreated = state.isCreated
    after.isSealed = state.isSealed
    for (place, inode) in state.inodes.enumerated() {
      var changes = inode.pending
      var underWay: Int?
      if case .change(place, let change) = operation {
        underWay = changes.count
        changes.append(change)
      }
      var content = inode.durable
      for (number, change) in changes.enumerated() {
        let isLast = number == changes.count - 1
        damage.apply(change, isUnderWay: number == underWay, isLast: isLast, to: &content, random: &random)
      }
      var file = SimulatedDisk.Inode()
      file.durable = content
      file.current = content
      file.allocated = content.count
      after.inodes.append(file)
    }
    var names = state.durableNames
    var changes = state.pendingNames
    if case .name(let change) = operation { changes.append(change) }
    for change in changes where damage == .mixed ? random.next(below: 2) == 0 : keepsNames { change.apply(to: &names) }
    after.names = names
    after.durableNames = names
    return SimulatedDisk(after, records: records)
  }
}

extension CrashDamage {
  fileprivate func apply(
    _ change: SimulatedDisk.Change, isUnderWay: Bool, isLast: Bool, to content: inout [UInt8], random: inout SplitMix64
  ) {
    guard case .bytes(let bytes, let offset) = change else {
      switch self {
      case .lost: return
      case .lastOnly: if isLast { change.apply(to: &content) }
      case .mixed, .some: if random.next(below: 2) == 0 { change.apply(to: &content) }
      default: change.apply(to: &content)
      }
      return
    }
    switch self {
    case .lost: break
    case .whole: change.apply(to: &content)
    case .prefix(let count):
      let kept = isUnderWay ? Array(bytes[..<min(count, bytes.count)]) : bytes
      if !kept.isEmpty { SimulatedDisk.Change.bytes(kept, at: offset).apply(to: &content) }
    case .lastOnly: if isLast { change.apply(to: &content) }
    case .some: if random.next(below: 2) == 0 { change.apply(to: &content) }
    case .zeros:
      SimulatedDisk.Change.bytes([UInt8](repeating: 0, count: bytes.count), at: offset).apply(to: &content)
    case .garbage:
      let garbage = bytes.map { _ in UInt8(truncatingIfNeeded: random.next()) }
      SimulatedDisk.Change.bytes(garbage, at: offset).apply(to: &content)
    case .sectors:
      // Sectors of the file, not of the write.
      var start = 0
      while start < bytes.count {
        let end = min(bytes.count, start + 512 - (offset + start) % 512)
        if random.next(below: 2) == 0 {
          SimulatedDisk.Change.bytes(Array(bytes[start..<end]), at: offset + start).apply(to: &content)
        }
        start = end
      }
    case .mixed:
      let kinds: [CrashDamage] = [
        .lost, .whole, .prefix(Int(random.next(below: Int64(bytes.count + 1)))), .sectors, .zeros, .garbage,
      ]
      let kind = kinds[Int(random.next(below: Int64(kinds.count)))]
      kind.apply(change, isUnderWay: true, isLast: isLast, to: &content, random: &random)
    }
  }
}
