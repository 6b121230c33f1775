package import Market

/// Reads a chain of journals as one, from front to back in bounded memory, or from any event on.
///
/// One file is open at a time; everything else is as with `JournalReader`.
package struct ChainReader: ~Copyable {
  package let chain: JournalChain
  package let summary: JournalSummary
  /// Place in the chain of the file that is read.
  private var place = 0
  private var reader: JournalReader

  package init(_ chain: JournalChain) throws(JournalError) {
    self.chain = chain
    summary = chain.summary
    reader = try chain.first.reader(allowsFragments: chain.first.summary.isFragment)
  }

  package init(file: any JournalFile) throws(ChainError) {
    let chain = try JournalChain(file)
    do throws(JournalError) { try self.init(chain) } catch { throw .journal(error) }
  }

  /// Goes to an event; behind the last one there is nothing more to read, and before the first one it goes there.
  /// - Complexity: O(log blocks) reads of a trailer, and opening another file where the event is in one.
  package mutating func seek(toSequence sequence: UInt64) throws(JournalError) {
    try open(chain.place(of: sequence))
    try reader.seek(toSequence: sequence)
  }

  /// Goes to the first event whose time is `time` or later.
  /// - Complexity: O(log blocks) reads of a trailer, and opening another file where the event is in one.
  package mutating func seek(toTime time: Timestamp) throws(JournalError) {
    // A file without events has no last time and nothing to find.
    let found = chain.links.firstIndex { ($0.summary.lastTime ?? Timestamp(nanos: .min)) >= time }
    try open(found ?? chain.links.count - 1)
    try reader.seek(toTime: time)
  }

  /// The hash chain of the file that is read, over all its blocks before the one that `nextBlock` gives next.
  package mutating func chainHashBefore() throws(JournalError) -> [UInt8] { try reader.chainHashBefore() }

  private mutating func open(_ place: Int) throws(JournalError) {
    if place == self.place { return }
    reader = try chain.links[place].reader()
    self.place = place
  }

  private mutating func openNext() throws(JournalError) -> Bool {
    guard place + 1 < chain.links.count else { return false }
    try open(place + 1)
    return true
  }

  /// Decodes the next block into `block`; false where there is none, which leaves `block` as it was.
  ///
  /// A block with index 0 begins a file.
  package mutating func nextBlock(_ block: inout DecodedBlock) throws(JournalError) -> Bool {
    while true {
      // What was appended since the chain was put together is not in its summary, so it isn't read.
      if try reader.nextBlock(&block) { return block.firstSequence < summary.nextSequence }
      if try !openNext() { return false }
    }
  }

  /// The next event; nil at the end.
  package mutating func next() throws(JournalError) -> JournalEvent? {
    while true {
      if let event = try reader.next() { return event.sequence < summary.nextSequence ? event : nil }
      if try !openNext() { return nil }
    }
  }
}
