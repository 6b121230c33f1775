import Events
import GRDB
import Journal
import Market

/// `runs.sqlite`: a read model of all journals under a folder, for anyone with `sqlite3`.
///
/// It holds nothing that the journals don't: it can be deleted at any time, and `rebuild` makes it again with the same
/// content. `update` reads only what was appended since. Journals are append-only, so a journal that has grown is taken to
/// begin with what was read before; one that has shrunk is read anew.
package struct RunsDatabase: Sendable {
  /// What an update did, by the journals' paths.
  package struct Update: Sendable {
    /// Runs seen for the first time, or read anew.
    package var added: [String] = []
    package var continued: [String] = []
    package var unchanged: [String] = []
    /// Run ids whose journals are gone.
    package var removed: [String] = []
    /// Files that could not be read, and why.
    package var skipped: [(path: String, error: ProjectionError)] = []
  }

  /// One line of `engine runs`.
  package struct Run: Hashable, Sendable {
    package let runID: String
    /// Of its journal's first file, within the folder; of several equal ones the longest, then the first by name.
    package let path: String
    package let mode: String
    package let strategies: String
    package let startedAt: String
    package let lastTime: String
    package let isComplete: Bool
    package let events: UInt64
    package let bars: UInt64
    package let orders: UInt64
    package let fills: UInt64
    package let currency: String
    package let startEquity: String?
    package let finalEquity: String?
  }

  package static let fileName = "runs.sqlite"

  package let folder: String
  package let path: String
  private let queue: DatabaseQueue

  /// Opens the database of a folder, making an empty one where there is none.
  /// - Throws: `databaseVersion` for one that another version of this program made: rebuild it.
  package init(folder: String) throws(ProjectionError) {
    self.folder = folder
    path = folder + "/" + RunsDatabase.fileName
    let path = path
    queue = try SQLiteErrors.mapped(path) {
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      return try DatabaseQueue(path: path, configuration: configuration)
    }
    let found: Int64 = try SQLiteErrors.mapped(path) {
      try queue.write { database in
        let version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if version != 0 { return version }
        try database.execute(sql: RunsSchema.creation)
        try database.execute(sql: "PRAGMA user_version = \(RunsSchema.version)")
        return RunsSchema.version
      }
    }
    if found != RunsSchema.version {
      throw .databaseVersion(found: found, expected: RunsSchema.version, path: path)
    }
  }

  /// Deletes the database of a folder and makes it again from its journals.
  package static func rebuild(folder: String) throws(ProjectionError) -> (RunsDatabase, Update) {
    for suffix in ["", "-journal", "-wal", "-shm"] { try SQLiteErrors.remove(folder + "/" + fileName + suffix) }
    let database = try RunsDatabase(folder: folder)
    let update = try database.update()
    return (database, update)
  }

  /// Brings the tables up to what the folder's journals hold now.
  package func update() throws(ProjectionError) -> Update {
    var update = Update()
    let journals = try readable(&update)
    let known = try projectedEvents()
    let runIDs = Set(journals.map(\.runID))
    for gone in known.keys.filter({ !runIDs.contains($0) }).sorted() {
      try forget(gone)
      update.removed.append(gone)
    }
    for runID in runIDs.sorted() {
      let copies = journals.filter { $0.runID == runID }
      // A copy of a file, whole or cut short, is no news; a file whose run goes on where another is missing is.
      let (chain, left) = JournalChain.longest(of: copies.map(\.link))
      for (link, reason) in left { update.skipped.append((link.path, .chain(reason))) }
      guard let chain, let best = copies.first(where: { $0.link.path == chain.path }) else {
        // What is left of the run says nothing about its beginning, and so nothing about what it earned.
        if known[runID] != nil {
          try forget(runID)
          update.removed.append(runID)
        }
        continue
      }
      let before = known[runID] ?? 0
      switch (before, chain.summary.events) {
      case (chain.summary.events, _): update.unchanged.append(best.path)
      case (1..., let events) where events > before: update.continued.append(best.path)
      default: update.added.append(best.path)
      }
      try project(chain, path: best.path, copies: copies, from: before)
    }
    return update
  }

  /// All runs, by start and run id.
  package func runs() throws(ProjectionError) -> [Run] {
    try SQLiteErrors.mapped(path) {
      try queue.read { database in
        try Row.fetchAll(database, sql: "SELECT * FROM runs ORDER BY started_at, run_id").map { Run($0) }
      }
    }
  }

  /// The paths of all journals of the one run whose id begins with `prefix`: its files, and copies of them.
  /// - Throws: `runUnknown` or `runAmbiguous`.
  package func journalPaths(runPrefix prefix: String) throws(ProjectionError) -> [String] {
    let matches = try runs().filter { $0.runID.hasPrefix(prefix) }
    guard let match = matches.first, !prefix.isEmpty else { throw .runUnknown(prefix: prefix) }
    if matches.count > 1 { throw .runAmbiguous(prefix: prefix, matches: matches.map(\.runID)) }
    return try SQLiteErrors.mapped(path) {
      try queue.read { database in
        try String.fetchAll(
          database, sql: "SELECT path FROM journals WHERE run_id = ? ORDER BY path", arguments: [match.runID]
        ).map { folder + "/" + $0 }
      }
    }
  }

  /// Everything in the tables as text, in the order of their keys: equal text is equal content.
  package func dump() throws(ProjectionError) -> String {
    try SQLiteErrors.mapped(path) {
      try queue.read { database in
        var out = ""
        for (table, key) in RunsSchema.tables {
          out += "# \(table)\n"
          for row in try Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY \(key)") {
            out += row.map { "\($0.0)=\($0.1)" }.joined(separator: " ") + "\n"
          }
        }
        return out
      }
    }
  }

  // MARK: Updating

  private func readable(_ update: inout Update) throws(ProjectionError) -> [FoundJournal] {
    var journals: [FoundJournal] = []
    for path in try JournalFolder.journals(in: folder) {
      do throws(ProjectionError) {
        journals.append(try FoundJournal(folder: folder, path: path))
      } catch {
        update.skipped.append((path, error))
      }
    }
    return journals
  }

  private func projectedEvents() throws(ProjectionError) -> [String: UInt64] {
    try SQLiteErrors.mapped(path) {
      try queue.read { database in
        var known: [String: UInt64] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT run_id, events FROM runs") {
          let events: Int64 = row["events"]
          known[row["run_id"]] = UInt64(events)
        }
        return known
      }
    }
  }

  private func forget(_ runID: String) throws(ProjectionError) {
    try SQLiteErrors.mapped(path) {
      try queue.write { try $0.execute(sql: "DELETE FROM runs WHERE run_id = ?", arguments: [runID]) }
    }
  }

  /// One run, one transaction: a crash leaves what was there before.
  private func project(
    _ journal: JournalChain, path journalPath: String, copies: [FoundJournal], from projected: UInt64
  ) throws(ProjectionError) {
    let runID = Hex.text(journal.started.runID)
    try SQLiteErrors.mapped(path) {
      try queue.write { database in
        var from = projected
        if projected > journal.summary.events {
          try database.execute(sql: "DELETE FROM runs WHERE run_id = ?", arguments: [runID])
          from = 0
        }
        if from < journal.summary.events {
          var projection = try RunProjection(database, journal, path: journalPath, from: from)
          try projection.run()
        }
        try database.execute(
          sql: "UPDATE runs SET path = ? WHERE run_id = ? AND path <> ?",
          arguments: [journalPath, runID, journalPath])
        try database.execute(sql: "DELETE FROM journals WHERE run_id = ?", arguments: [runID])
        for copy in copies {
          try database.execute(
            sql: "INSERT OR REPLACE INTO journals VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
              copy.path, copy.runID, Int64(copy.summary.events), Int64(copy.summary.fileBytes),
              Hex.text(copy.summary.head), copy.summary.isSealed,
            ])
        }
      }
    }
  }
}

/// A journal of the folder, opened far enough to know whose it is.
struct FoundJournal {
  /// Within the folder.
  let path: String
  let link: JournalChain.Link
  var summary: JournalSummary { link.summary }
  var runID: String { Hex.text(link.started.runID) }

  init(folder: String, path: String) throws(ProjectionError) {
    self.path = path
    let file = UnheldFile(path: folder + "/" + path)
    do throws(ChainError) { link = try JournalChain.Link(file) } catch { throw .chain(error) }
  }
}

extension RunsDatabase.Run {
  fileprivate init(_ row: Row) {
    func count(_ column: String) -> UInt64 {
      let value: Int64 = row[column]
      return UInt64(value)
    }
    runID = row["run_id"]
    path = row["path"]
    mode = row["mode"]
    strategies = row["strategies"]
    startedAt = row["started_at"]
    lastTime = row["last_time"]
    isComplete = row["is_complete"]
    events = count("events")
    bars = count("bars")
    orders = count("orders")
    fills = count("fills")
    currency = row["currency"]
    startEquity = row["start_equity"]
    finalEquity = row["final_equity"]
  }
}
