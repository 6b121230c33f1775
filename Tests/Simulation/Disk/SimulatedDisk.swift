// A disk in memory that knows what is durable and what is not: every operation that changes anything is numbered, can be made to fail, and the
// moment before it is kept, so that the power can be cut there in any way that a disk allows.
import Glibc
package import Journal
package import Synchronization

package final class SimulatedDisk: Disk {
  /// One file: what is durable, what a running system sees, and what lies between.
  package struct Inode: Sendable {
    package var durable: [UInt8] = []
    package var current: [UInt8] = []
    package var pending: [Change] = []
    /// Bytes that the file holds of the disk's space; more than its size where room was reserved.
    package var allocated = 0
    package var lockedBy: Int?

    package init(durable: [UInt8] = [], current: [UInt8] = [], allocated: Int = 0) {
      self.durable = durable
      self.current = current
      self.allocated = allocated
    }
  }

  /// A change of a file's content that no sync has made durable yet.
  package enum Change: Sendable {
    case bytes([UInt8], at: Int)
    case size(Int)

    package func apply(to content: inout [UInt8]) {
      switch self {
      case .size(let size):
        if size < content.count { content.removeLast(content.count - size) }
        if size > content.count { content.append(contentsOf: repeatElement(0, count: size - content.count)) }
      case .bytes(let bytes, let offset):
        let end = offset + bytes.count
        if end > content.count { content.append(contentsOf: repeatElement(0, count: end - content.count)) }
        content.withUnsafeMutableBytes { target in
          UnsafeMutableRawBufferPointer(rebasing: target[offset..<end]).copyBytes(from: bytes)
        }
      }
    }
  }

  package enum NameChange: Sendable {
    case link(String, Int)
    case unlink(String)
    case rename(String, to: String)

    package func apply(to names: inout [String: Int]) {
      switch self {
      case .link(let name, let inode): names[name] = inode
      case .unlink(let name): names[name] = nil
      case .rename(let source, let destination):
        names[destination] = names[source]
        names[source] = nil
      }
    }
  }

  package enum Operation: Sendable {
    case change(Int, Change)
    case reserve(Int, Int)
    case sync(Int)
    case name(NameChange)
    case syncFolder
  }

  package struct State: Sendable {
    package var inodes: [Inode] = []
    package var names: [String: Int] = [:]
    package var durableNames: [String: Int] = [:]
    package var pendingNames: [NameChange] = []
    /// What the program under test said about itself, to be compared with what is left.
    package var acknowledged: UInt64 = 0
    package var isCreated = false
    package var isSealed = false
    /// Whether a writer wrote on after an error.
    package var wentOn = false
    /// Bytes of the disk; nil where there is no end of them.
    package var capacity: Int?
    /// The power goes before this operation is done: it and all behind it fail.
    package var cutAt: Int?
    /// The disk when the power went.
    package fileprivate(set) var cut: [Moment] = []
    /// Syncs of files say that they are done, and do nothing: a bug to be found.
    package var syncsLie = false
    fileprivate var operations = 0
    fileprivate var handles = 0
    package init() {}

    fileprivate var free: Int {
      capacity.map { $0 - inodes.reduce(0) { $0 + $1.allocated } } ?? Int.max / 2
    }
  }

  /// The disk just before operation `number` was done.
  package struct Moment: Sendable {
    package let number: Int
    package let state: State
    package let operation: Operation
  }

  /// What happens to one operation instead of what should.
  package enum Fault: CaseIterable, Sendable {
    /// EIO, and nothing was done.
    case refused
    /// EIO, though all of it was done.
    case doneAnyway
    /// ENOSPC; of a write half is done.
    case noSpace
    /// EIO from a sync: what it should have written is gone and marked clean, but the system still shows it.
    case lostAndCached
    /// The same, and the system shows what is on the disk.
    case lostAndForgotten
  }

  package let state: Mutex<State>
  private let plan: Mutex<[Int: Fault]>
  private let moments: Mutex<[Moment]>
  private let records: Bool

  package init(_ state: State = State(), failing plan: [Int: Fault] = [:], records: Bool = true) {
    self.state = Mutex(state)
    self.plan = Mutex(plan)
    moments = Mutex([])
    self.records = records
  }

  /// A disk that holds some files, durably.
  package convenience init(files: [String: [UInt8]]) {
    var state = State()
    for (path, bytes) in files {
      state.names[path] = state.inodes.count
      state.inodes.append(Inode(durable: bytes, current: bytes, allocated: bytes.count))
    }
    state.durableNames = state.names
    self.init(state, records: false)
  }

  package var history: [Moment] { moments.withLock { $0 } }
  package var operationCount: Int { state.withLock { $0.operations } }
  package func plan(_ fault: Fault, at operation: Int) { plan.withLock { $0[operation] = fault } }
  /// Syncs of files do nothing from here on.
  package func lieAboutSyncs() { state.withLock { $0.syncsLie = true } }

  /// Lets the power go before an operation that is still to come.
  package func cutPower(at operation: Int) { state.withLock { $0.cutAt = operation } }
  /// Leaves so many bytes free; nil for as many as anybody wants.
  package func fill(leaving free: Int?) {
    state.withLock { state in
      state.capacity = free.map { free in free + state.inodes.reduce(0) { $0 + $1.allocated } }
    }
  }

  /// Nothing goes wrong any more that has not yet.
  package func heal() {
    plan.withLock { $0 = [:] }
    state.withLock {
      $0.cutAt = $0.cut.isEmpty ? nil : $0.cutAt
      $0.capacity = nil
    }
  }

  /// The disk when the power went; nil while it is on.
  package var cut: Moment? { state.withLock { $0.cut.first } }
  package func acknowledge(_ sequence: UInt64) { state.withLock { $0.acknowledged = sequence } }
  package func noteCreated() { state.withLock { $0.isCreated = true } }
  package func noteSealed(_ isSealed: Bool = true) { state.withLock { $0.isSealed = isSealed } }
  package func noteWentOn() { state.withLock { $0.wentOn = true } }

  /// The state as it is, with an operation that is none.
  package var now: Moment { state.withLock { Moment(number: $0.operations, state: $0, operation: .syncFolder) } }

  package func content(of path: String) -> [UInt8]? {
    state.withLock { state in state.names[path].map { state.inodes[$0].current } }
  }

  package var paths: [String] { state.withLock { $0.names.keys.sorted() } }

  /// Does an operation, or what was planned in its place.
  fileprivate func perform(
    _ operation: Operation, as kind: FileError.Operation, path: String
  ) throws(FileError) {
    let code: Int32 = state.withLock { state in
      let number = state.operations
      state.operations += 1
      if records { moments.withLock { $0.append(Moment(number: number, state: state, operation: operation)) } }
      if let cutAt = state.cutAt, number >= cutAt {
        if state.cut.isEmpty { state.cut = [Moment(number: number, state: state, operation: operation)] }
        return EIO
      }
      guard let fault = plan.withLock({ $0[number] }) else { return state.apply(operation) }
      return state.apply(operation, with: fault)
    }
    if code != 0 { throw FileError(operation: kind, path: path, code: code) }
  }

  // MARK: Disk

  package func create(_ path: String, for use: FileUse, replacing: Bool) throws(FileError) -> any JournalFile {
    if state.withLock({ $0.names[path] }) != nil {
      guard replacing else { throw FileError(operation: .create, path: path, code: EEXIST) }
      guard let file = try open(path, for: use) else { fatalError("the name was just there") }
      if try file.size() > 0 { try file.truncate(to: 0) }
      return file
    }
    let inode = state.withLock { state in
      state.inodes.append(Inode())
      return state.inodes.count - 1
    }
    try perform(.name(.link(path, inode)), as: .create, path: path)
    return try handle(path, inode: inode, for: use)
  }

  package func open(_ path: String, for use: FileUse) throws(FileError) -> (any JournalFile)? {
    guard let inode = state.withLock({ $0.names[path] }) else { return nil }
    return try handle(path, inode: inode, for: use)
  }

  private func handle(_ path: String, inode: Int, for use: FileUse) throws(FileError) -> SimulatedFile {
    let id: Int? = state.withLock { state in
      state.handles += 1
      guard use == .appending || use == .overwriting else { return state.handles }
      guard state.inodes[inode].lockedBy == nil else { return nil }
      state.inodes[inode].lockedBy = state.handles
      return state.handles
    }
    guard let id else { throw FileError(operation: .lock, path: path, code: EWOULDBLOCK) }
    return SimulatedFile(disk: self, path: path, inode: inode, id: id, use: use)
  }

  package func rename(_ source: String, to destination: String) throws(FileError) {
    try perform(.name(.rename(source, to: destination)), as: .rename, path: destination)
  }

  package func remove(_ path: String) throws(FileError) {
    guard state.withLock({ $0.names[path] }) != nil else { return }
    try perform(.name(.unlink(path)), as: .remove, path: path)
  }

  package func syncFolder(of path: String) throws(FileError) {
    try perform(.syncFolder, as: .sync, path: path)
  }
}

/// A handle of a simulated file.
package final class SimulatedFile: JournalFile {
  package let path: String
  private let disk: SimulatedDisk
  private let inode: Int
  private let id: Int
  private let use: FileUse

  init(disk: SimulatedDisk, path: String, inode: Int, id: Int, use: FileUse) {
    self.disk = disk
    self.path = path
    self.inode = inode
    self.id = id
    self.use = use
  }

  deinit { close() }

  private var content: [UInt8] { disk.state.withLock { $0.inodes[inode].current } }

  package func size() -> UInt64 { UInt64(content.count) }

  package func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let content = content
    guard offset < UInt64(content.count) else { return 0 }
    let count = min(buffer.count, content.count - Int(offset))
    content.withUnsafeBytes { source in
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[Int(offset)..<Int(offset) + count]))
    }
    return count
  }

  package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    precondition(use == .appending || use == .takingOver)
    try disk.perform(.change(inode, .bytes(Array(bytes), at: content.count)), as: .write, path: path)
  }

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(FileError) {
    precondition(use == .overwriting || use == .takingOver)
    try disk.perform(.change(inode, .bytes(Array(bytes), at: Int(offset))), as: .write, path: path)
  }

  package func truncate(to size: UInt64) throws(FileError) {
    precondition(use != .reading)
    try disk.perform(.change(inode, .size(Int(size))), as: .truncate, path: path)
  }

  package func reserve(upTo size: UInt64) throws(FileError) {
    try disk.perform(.reserve(inode, Int(size)), as: .reserve, path: path)
  }

  package func sync() throws(FileError) { try disk.perform(.sync(inode), as: .sync, path: path) }

  package func dropCache() {
    disk.state.withLock { state in
      var content = state.inodes[inode].durable
      for change in state.inodes[inode].pending { change.apply(to: &content) }
      state.inodes[inode].current = content
    }
  }

  package func close() {
    disk.state.withLock { if $0.inodes[inode].lockedBy == id { $0.inodes[inode].lockedBy = nil } }
  }

  package func isStillInPlace() -> Bool { disk.state.withLock { $0.names[path] == inode } }

  package func openTail() throws(FileError) -> (any JournalFile)? {
    try disk.open(JournalFormat.tailPath(of: path), for: .reading)
  }
}

extension SimulatedDisk.State {
  /// Does an operation and returns errno.
  fileprivate mutating func apply(_ operation: SimulatedDisk.Operation) -> Int32 {
    switch operation {
    case .change(let inode, .bytes(let bytes, let offset)):
      let room = inodes[inode].allocated + free - offset
      if bytes.count > room {
        if room > 0 { change(inode, .bytes(Array(bytes[..<room]), at: offset)) }
        return ENOSPC
      }
      change(inode, .bytes(bytes, at: offset))
    case .change(let inode, let size): change(inode, size)
    case .reserve(let inode, let size):
      let more = size - inodes[inode].allocated
      if more > free { return ENOSPC }
      inodes[inode].allocated = max(inodes[inode].allocated, size)
    case .sync(let inode):
      if syncsLie { return 0 }
      for change in inodes[inode].pending { change.apply(to: &inodes[inode].durable) }
      inodes[inode].pending = []
    case .name(let change):
      change.apply(to: &names)
      pendingNames.append(change)
    case .syncFolder:
      for change in pendingNames { change.apply(to: &durableNames) }
      pendingNames = []
    }
    return 0
  }

  private mutating func change(_ inode: Int, _ change: SimulatedDisk.Change) {
    change.apply(to: &inodes[inode].current)
    inodes[inode].pending.append(change)
    if case .size(let size) = change {
      inodes[inode].allocated = size
    } else {
      inodes[inode].allocated = max(inodes[inode].allocated, inodes[inode].current.count)
    }
  }

  fileprivate mutating func apply(_ operation: SimulatedDisk.Operation, with fault: SimulatedDisk.Fault) -> Int32 {
    switch (fault, operation) {
    case (.doneAnyway, _): _ = apply(operation)
    case (.noSpace, .change(let inode, .bytes(let bytes, let offset))):
      change(inode, .bytes(Array(bytes[..<(bytes.count / 2)]), at: offset))
    case (.lostAndCached, .sync(let inode)): inodes[inode].pending = []
    case (.lostAndForgotten, .sync(let inode)):
      inodes[inode].pending = []
      inodes[inode].current = inodes[inode].durable
    default: break
    }
    return fault == .noSpace ? ENOSPC : EIO
  }
}
