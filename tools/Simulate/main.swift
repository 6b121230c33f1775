import Glibc
import Runtime
import SimulatedSessions
import Simulation

/// What the command line asks for.
struct Arguments {
  var seed: UInt64?
  var faults: [Mishap]?
  var bars: Int?
  var venue: SessionPlan.VenueKind?
  var trouble: SessionPlan.Trouble?
  var feed = SessionPlan.FeedKind.scripted
  var defect: Defect?
  var sessions: UInt64 = 1_000
  var from: UInt64 = 1
  var seconds: Int64?
  var threads = 2
  var commit = "unknown"
  /// Where the session's journal is written.
  var journal: String?
  var isTableOfDefects = false
  var goesOn = false

  static let usage = """
    engine-simulate [--sessions N] [--from-seed S] [--seconds T] [--threads N] [--keep-going]
                    [--venue paper|exchange] [--feed scripted|binance] [--trouble none|swarm] [--bars N] [--defect NAME] [--commit HASH]
    engine-simulate --seed N [--faults LIST] [--bars N] [--venue …] [--defect NAME] [--journal FILE]
    engine-simulate --defects [--sessions N]
    """

  /// Nil where something is not understood.
  init?(_ words: [String]) {
    var words = words[...]
    func number<Number: FixedWidthInteger>(_ text: String?) -> Number? { text.flatMap { Number($0) } }
    while let word = words.popFirst() {
      switch word {
      case "--defects": isTableOfDefects = true
      case "--keep-going": goesOn = true
      case "--seed": seed = number(words.popFirst())
      case "--faults":
        guard let list = words.popFirst().flatMap({ Mishap.list($0) }) else { return nil }
        faults = list
      case "--bars": bars = number(words.popFirst())
      case "--venue":
        guard let kind = words.popFirst().flatMap({ SessionPlan.VenueKind(rawValue: $0) }) else { return nil }
        venue = kind
      case "--trouble":
        guard let kind = words.popFirst().flatMap({ SessionPlan.Trouble(rawValue: $0) }) else { return nil }
        trouble = kind
      case "--feed":
        guard let kind = words.popFirst().flatMap({ SessionPlan.FeedKind(rawValue: $0) }) else { return nil }
        feed = kind
      case "--defect":
        guard let found = words.popFirst().flatMap({ Defect(rawValue: $0) }) else { return nil }
        defect = found
      case "--sessions":
        guard let count: UInt64 = number(words.popFirst()) else { return nil }
        sessions = count
      case "--from-seed":
        guard let first: UInt64 = number(words.popFirst()) else { return nil }
        from = first
      case "--seconds": seconds = number(words.popFirst())
      case "--threads":
        guard let count: Int = number(words.popFirst()), count > 0 else { return nil }
        threads = count
      case "--journal":
        guard let path = words.popFirst() else { return nil }
        journal = path
      case "--commit":
        guard let hash = words.popFirst() else { return nil }
        commit = hash
      default: return nil
      }
    }
  }
}

func now() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

guard let arguments = Arguments(Array(CommandLine.arguments.dropFirst())) else {
  print(Arguments.usage)
  exit(2)
}
if arguments.isTableOfDefects { exit(DefectTable(sessions: arguments.sessions, threads: arguments.threads).print()) }
if let seed = arguments.seed { exit(playOne(seed, arguments)) }
exit(playMany(arguments))

/// Plays one session and tells what came of it.
func playOne(_ seed: UInt64, _ arguments: Arguments) -> Int32 {
  let plan = SessionPlan(
    seed: seed, barCount: arguments.bars, venue: arguments.venue, trouble: arguments.trouble, feed: arguments.feed)
  let run = SessionRun(plan, replaying: arguments.faults, defect: arguments.defect)
  print(plan.line)
  print("went wrong: \(Mishap.text(run.fired))")
  print(
    "\(run.figures.steps) steps, \(run.figures.events) events, \(run.figures.intents) orders, \(run.figures.fills) fills, "
      + "\(run.figures.restarts) restarts")
  if let path = arguments.journal {
    guard let file = fopen(path, "w") else { return 2 }
    let written = fwrite(run.journal, 1, run.journal.count, file)
    guard fclose(file) == 0, written == run.journal.count else { return 2 }
  }
  if let end = run.end { print("ended: \(end.line), exit code \(end.code)") }
  guard let finding = run.finding else { return 0 }
  print("FOUND \(finding)")
  return 1
}

/// Plays many sessions; shrinks the first that fails.
func playMany(_ arguments: Arguments) -> Int32 {
  let began = now()
  let batch = SessionBatch(
    seeds: arguments.from..<(arguments.from + arguments.sessions), threads: arguments.threads, venue: arguments.venue,
    trouble: arguments.trouble, barCount: arguments.bars, defect: arguments.defect,
    stopsAtFinding: !arguments.goesOn, feed: arguments.feed)
  let limit = arguments.seconds.map { began + $0 * 1_000_000_000 }
  let outcome = batch.run { limit.map { now() < $0 } ?? true }
  let millis = max((now() - began) / 1_000_000, 1)
  let figures = outcome.figures
  print(
    "simulate: \(figures.sessions) sessions from seed \(arguments.from) in \(millis / 1_000).\(millis % 1_000 / 100) s "
      + "on \(arguments.threads) threads, \(Int64(figures.sessions) * 1_000 / millis) a second")
  print(
    "simulate: \(figures.steps) steps, \(figures.events) events, \(figures.intents) orders, \(figures.fills) fills, "
      + "\(figures.requests) requests, \(figures.texts) texts; \(figures.kills) kills, \(figures.powerCuts) power cuts, "
      + "\(figures.diskFailures) disk failures, \(figures.restarts) restarts")
  let fired = outcome.fired.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
  print("simulate: went wrong: \(fired.isEmpty ? "nothing" : fired.joined(separator: ", "))")
  let sometimes = figures.sometimes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
  print("simulate: sometimes: \(sometimes.joined(separator: ", "))")
  if arguments.goesOn {
    for (seed, finding) in outcome.findings.sorted(by: { $0.key < $1.key }) { print("FOUND seed \(seed): \(finding)") }
  }
  guard let (seed, finding) = outcome.findings.min(by: { $0.key < $1.key }) else {
    let isWhole =
      arguments.venue == nil && arguments.trouble == nil && arguments.bars == nil && arguments.feed == .scripted
    let missing = isWhole && figures.sessions >= Sometimes.sessionCountMin ? Sometimes.missing(in: outcome) : []
    if !missing.isEmpty { print("FOUND the sessions are too tame; never happened: \(missing.joined(separator: ", "))") }
    return missing.isEmpty ? 0 : 1
  }
  print("FOUND \(finding)")
  print("  \(batch.plan(seed).line)")
  print(
    "  at commit \(arguments.commit); engine-simulate --seed \(seed)\(arguments.feed == .scripted ? "" : " --feed \(arguments.feed.rawValue)")"
  )
  let run = SessionRun(batch.plan(seed), defect: arguments.defect)
  guard let small = ShrunkSession(run, defect: arguments.defect) else {
    print("  its list of what went wrong doesn't repeat it: \(Mishap.text(run.fired))")
    return 1
  }
  print(
    "  after \(small.tries) tries, \(small.mishaps.count) of \(run.fired.count) things go wrong in \(small.barCount) bars:"
  )
  print("  \(small.finding)")
  print("  \(small.command)")
  return 1
}
