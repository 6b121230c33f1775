import Events
import Glibc
import Journal
import Market

/// A process that only writes a journal, for `tools/faults.py` to kill and to starve.
///
/// - `journal-crash write PATH COUNT` takes the journal up where it is or begins it, appends the stream up to event COUNT with a commit after each
///   group, prints `durable N` after each and `sealed` at the end. Exits 3 with the error on standard error where the file layer fails.
/// - `journal-crash fill PATH` appends until the disk is short of space, then 300 events more, each committed, and seals.
/// - `journal-crash check PATH N` reads the journal and prints how many events it holds; exits 1 where one is not the stream's, or fewer than N are there.
@main
struct CrashTarget {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else {
      stop("usage: journal-crash write PATH COUNT | fill PATH | check PATH N", code: 2)
    }
    let path = arguments[2]
    let number = arguments.count > 3 ? UInt64(arguments[3]) ?? 0 : 0
    do throws(JournalError) {
      switch arguments[1] {
      case "write": try write(path, to: number)
      case "fill": try fill(path)
      case "check": try check(path, atLeast: number)
      default: stop("unknown command \(arguments[1])", code: 2)
      }
    } catch {
      stop("\(error)", code: 3)
    }
  }

  private static func open(_ path: String) throws(JournalError) -> JournalWriter {
    let options = JournalOptions(
      limits: BlockLimits(events: 60, rowBytes: 4_000), durability: .commit, owner: "journal-crash \(getpid())")
    if access(path, F_OK) == 0 { return try JournalWriter.resume(path: path, options: options) }
    return try JournalWriter.create(path: path, options: options)
  }

  private static func write(_ path: String, to count: UInt64) throws(JournalError) {
    var writer = try open(path)
    say("durable \(writer.durableSequence)")
    var stream = EventStream(behind: writer.nextSequence)
    while writer.nextSequence < count {
      try stream.append(to: &writer)
      if stream.endsGroup || writer.nextSequence == count { say("durable \(try writer.commit())") }
    }
    _ = try writer.seal()
    say("sealed")
  }

  private static func fill(_ path: String) throws(JournalError) {
    var writer = try open(path)
    var stream = EventStream(behind: writer.nextSequence)
    while !writer.isSpaceShort {
      try stream.append(to: &writer)
      if stream.endsGroup { say("durable \(try writer.commit())") }
    }
    say("short \(writer.nextSequence)")
    for _ in 0..<300 {
      try stream.append(to: &writer)
      say("durable \(try writer.commit())")
    }
    _ = try writer.seal()
    say("sealed")
  }

  private static func check(_ path: String, atLeast acknowledged: UInt64) throws(JournalError) {
    var reader = try JournalReader(path: path)
    var stream = EventStream(behind: 0)
    var count: UInt64 = 0
    while let event = try reader.next() {
      guard stream.gives(event) else { stop("event \(count) is not what was written", code: 1) }
      count += 1
    }
    say("events \(count)")
    guard count >= acknowledged else { stop("\(acknowledged) acknowledged, \(count) there", code: 1) }
  }

  /// By `writev`, so that an injected failure of `write` hits the journal alone.
  private static func say(_ line: String, to descriptor: Int32 = 1) {
    var bytes = Array((line + "\n").utf8)
    bytes.withUnsafeMutableBytes { buffer in
      var part = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
      _ = writev(descriptor, &part, 1)
    }
  }

  private static func stop(_ line: String, code: Int32) -> Never {
    say(line, to: 2)
    exit(code)
  }
}

/// The same events for everyone: bars of a random walk, and behind every third a timer.
struct EventStream: ~Copyable {
  private var walk = RandomWalk(barCount: .max)
  private var sequence: UInt64 = 0
  private var time = Timestamp(nanos: 0)
  private var buffer = EventBuffer()

  init(behind sequence: UInt64) {
    while self.sequence < sequence { _ = next() }
  }

  private enum Event {
    case bar(Bar)
    case timer(UInt64, Timestamp)
  }

  /// Groups of 1 to 5.
  var endsGroup: Bool { sequence * 7 % 11 < 4 }

  private mutating func next() -> Event {
    defer { sequence += 1 }
    if sequence % 4 == 3 { return .timer(sequence, time) }
    guard let bar = walk.next() else { fatalError("the walk has no end") }
    time = bar.knownAt
    return .bar(bar)
  }

  mutating func append(to writer: inout JournalWriter) throws(JournalError) {
    let place = sequence
    switch next() {
    case .bar(let bar): try writer.append(bar)
    case .timer(let number, let time):
      buffer.clear(nextSequence: place)
      buffer.append(Timer(number: number), time: time)
      try writer.append(buffer)
    }
  }

  /// Whether `event` is the next one.
  mutating func gives(_ event: JournalEvent) -> Bool {
    let place = sequence
    guard event.sequence == place else { return false }
    switch (next(), event.content) {
    case (.bar(let bar), .bar(let found)): return bar == found
    case (.timer(let number, let time), .row(_, _, _, let bytes)):
      buffer.clear(nextSequence: place)
      buffer.append(Timer(number: number), time: time)
      return event.time == time && buffer.rows.bytes.elementsEqual(bytes)
    default: return false
    }
  }
}
