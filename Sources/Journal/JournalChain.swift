package import Events
package import Market

/// The files of one run in order: each but the first continues the one before it. One file is a chain, too.
///
/// A run's journal is one stream of events over all its files. Every file begins with `run_started`; one that continues another has
/// `journal_continued` behind it, which names the head, length and end of the file before. Those are compared here, before
/// anything else is read, so that whoever walks the chain sees every event once and none left out.
package struct JournalChain: Sendable {
  package struct Link: Sendable {
    package let file: any JournalFile
    package let summary: JournalSummary
    /// Time of the file's first event.
    package let startedAt: Timestamp
    package let started: RunStarted
    /// What the file says about the one before it; nil in a run's first file.
    package let continued: JournalContinued?
    /// What was there when the file was opened first, where it may grow: everybody who reads it later sees the same. Nil where it is sealed.
    let view: JournalView?

    package var path: String { file.path }
    /// Whether the run begins in it.
    package var isFirst: Bool { summary.firstSequence == 0 }
  }

  /// At least one.
  package let links: [Link]

  /// Puts files into order by their first events and checks that each continues the one before it.
  ///
  /// - Precondition: there is at least one.
  /// - Parameter allowsFragments: whether one file that has lost its beginning may stand alone.
  /// - Throws: what is missing, double or wrong, by the name of the file.
  package init(_ files: [any JournalFile], allowsFragments: Bool = false) throws(ChainError) {
    var links: [Link] = []
    for file in files { links.append(try Link(file, allowsFragments: allowsFragments && files.count == 1)) }
    // Ties in the order given: the duplicate's error names both anyway.
    links.sort { $0.summary.firstSequence < $1.summary.firstSequence }
    for (previous, link) in zip(links, links.dropFirst()) {
      if let problem = link.contradiction(after: previous) { throw problem }
    }
    self.init(links: links)
  }

  package init(_ file: any JournalFile) throws(ChainError) { try self.init([file]) }

  init(links: [Link]) {
    invariant(!links.isEmpty, "a chain has at least one file")
    self.links = links
  }

  package var first: Link { links[0] }
  package var last: Link { links[links.count - 1] }
  package var started: RunStarted { first.started }
  package var path: String { first.path }

  /// Whether the run's very first event is in it.
  package var isFromStart: Bool { first.isFirst }

  /// - Throws: `startMissing`, for whoever needs the run from its beginning.
  package func requireStart() throws(ChainError) {
    if !isFromStart { throw .startMissing(path: path, firstSequence: first.summary.firstSequence) }
  }

  /// All files' counts added up, with the head of the last.
  package var summary: JournalSummary { JournalSummary(joining: links.map(\.summary)) }

  /// The place of the file that holds an event, or where there is none the last one.
  package func place(of sequence: UInt64) -> Int {
    (links.firstIndex { $0.summary.nextSequence > sequence }) ?? links.count - 1
  }

  /// The longest chain among files of one run, from its start, and what is left over, each with the reason.
  ///
  /// Of several copies of one file the first is taken; that is no reason to leave the others out aloud.
  package static func longest(of links: [Link]) -> (chain: JournalChain?, left: [(link: Link, reason: ChainError)]) {
    var rest = links.sorted { $0.summary.firstSequence < $1.summary.firstSequence }
    guard let start = links.filter({ $0.isFirst }).max(by: Link.isShorter) else {
      return (
        nil,
        rest.map { ($0, .startMissing(path: $0.path, firstSequence: $0.summary.firstSequence)) }
      )
    }
    rest.removeAll { $0.isFirst }
    var chain = [start]
    while let next = rest.filter({ $0.contradiction(after: chain[chain.count - 1]) == nil }).max(by: Link.isShorter) {
      chain.append(next)
      rest.removeAll { $0.summary.firstSequence == next.summary.firstSequence }
    }
    let end = chain[chain.count - 1]
    return (JournalChain(links: chain), rest.compactMap { link in link.contradiction(after: end).map { (link, $0) } })
  }
}

extension JournalChain.Link {
  /// Reads the first two events of a file; of a fragment none.
  package init(_ file: any JournalFile, allowsFragments: Bool = false) throws(ChainError) {
    let reading: JournalReader
    do throws(JournalError) {
      reading = try JournalReader(file: file, allowsFragments: allowsFragments)
    } catch {
      throw .journal(error)
    }
    var reader = reading
    let view = reader.summary.isSealed ? nil : reader.view
    if reader.summary.isFragment {
      self.init(fragment: file, summary: reader.summary, view: view)
      return
    }
    let begin = try reader.event()
    // Of a journal that was cut off within its first block nothing is left: it was one all the same.
    if begin == nil, reader.tornBytes > 0 {
      throw .journal(JournalError(path: file.path, fault: .tornTail(offset: 0, bytes: reader.tornBytes, events: 0)))
    }
    guard let first = begin, first.kind == RunStarted.kind else { throw .noStart(path: file.path) }
    let started = try first.decoded(RunStarted.self, path: file.path)
    guard first.sequence > 0 else {
      self.init(
        file: file, summary: reader.summary, startedAt: first.time, started: started, continued: nil,
        view: view)
      return
    }
    guard let second = try reader.event(), second.kind == JournalContinued.kind else {
      throw .notContinued(path: file.path, firstSequence: first.sequence)
    }
    self.init(
      file: file, summary: reader.summary, startedAt: first.time, started: started,
      continued: try second.decoded(JournalContinued.self, path: file.path), view: view)
  }

  /// A file that has lost its beginning: nothing is known of its run.
  private init(fragment file: any JournalFile, summary: JournalSummary, view: JournalView?) {
    let nothing = RunStarted(
      mode: .backtest, reducerVersion: 0, runID: [UInt8](repeating: 0, count: 16),
      profileDigest: [UInt8](repeating: 0, count: 32), inputsDigest: [UInt8](repeating: 0, count: 32), profile: "",
      currency: .usd, strategies: [], instruments: [])
    self.init(
      file: file, summary: summary, startedAt: Timestamp(nanos: 0), started: nothing, continued: nil, view: view)
  }

  /// A reader of what the chain was put together of.
  func reader(allowsFragments: Bool = false) throws(JournalError) -> JournalReader {
    if let view { return try JournalReader(file: file, view: view) }
    return try JournalReader(file: file, allowsFragments: allowsFragments)
  }

  /// Where the file before this one begins; nil for a run's first file.
  package var previousFirstSequence: UInt64? { continued.map { summary.firstSequence - $0.previousEvents } }

  /// Nil where this file continues `previous`, else why it doesn't.
  func contradiction(after previous: JournalChain.Link) -> ChainError? {
    let begin = summary.firstSequence
    let end = previous.summary.nextSequence
    if started.runID != previous.started.runID { return .otherRun(path: path, previous: previous.path) }
    if started != previous.started { return .otherStart(path: path, previous: previous.path) }
    if begin == previous.summary.firstSequence { return .duplicate(path: path, other: previous.path) }
    if begin > end { return .gap(path: path, first: end, last: begin - 1, previous: previous.path) }
    if begin < end {
      return .overlap(path: path, firstSequence: begin, previous: previous.path, nextSequence: end)
    }
    guard let continued, continued.previousEvents == previous.summary.events,
      continued.previousHead == previous.summary.head, continued.file == (previous.continued?.file ?? 1) + 1
    else { return .otherHead(path: path, previous: previous.path) }
    return nil
  }

  /// Of two copies of a file of which one may have been cut.
  fileprivate static func isShorter(_ left: JournalChain.Link, _ right: JournalChain.Link) -> Bool {
    left.summary.events < right.summary.events
  }
}

extension JournalReader {
  fileprivate mutating func event() throws(ChainError) -> JournalEvent? {
    do throws(JournalError) { return try next() } catch { throw .journal(error) }
  }
}

extension JournalEvent {
  fileprivate func decoded<Body: EventBody>(_ type: Body.Type, path: String) throws(ChainError) -> Body {
    do throws(DecodeError) { return try decode(type) } catch { throw .decode(error, path: path, sequence: sequence) }
  }
}

extension JournalSummary {
  /// - Precondition: the summaries of a chain's files, in order.
  package init(joining files: [JournalSummary]) {
    firstSequence = files[0].firstSequence
    events = files[files.count - 1].nextSequence - files[0].firstSequence
    bars = files.reduce(0) { $0 + $1.bars }
    blocks = files.reduce(0) { $0 + $1.blocks }
    head = files[files.count - 1].head
    canonicalBytes = files.reduce(0) { $0 + $1.canonicalBytes }
    fileBytes = files.reduce(0) { $0 + $1.fileBytes }
    firstTime = files[0].firstTime
    lastTime = files[files.count - 1].lastTime
    isSealed = files.allSatisfy(\.isSealed)
    isFragment = files[0].isFragment
  }
}
