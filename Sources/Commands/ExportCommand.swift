import ArgumentParser
import Events
import Foundation
import Glibc
import Projections

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Print the events of one kind as CSV, or all of them as JSON lines.",
    discussion: """
        engine export run.zst --kind fill --format csv
        engine export run.zst --format jsonl | jq 'select(.kind == "signal")'
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case csv
    case jsonl
  }

  @Argument(
    help: "A journal's path, `-` for stdin, or the first digits of a run id; several paths are the files of one run.")
  var journals: [JournalArgument]
  @Option(help: "Only events of this kind; CSV needs one.")
  var kind: KindArgument?
  @Option(help: "csv: a header and a row an event. jsonl: an object a line.")
  var format: Format?
  @Option(help: "A file to write; `-` is stdout.", completion: .file())
  var output = "-"
  @Flag(help: "Replace an existing output file.")
  var replace = false

  func run() throws {
    let format = format ?? (kind == nil ? .jsonl : .csv)
    if format == .csv, kind == nil {
      throw Failure("CSV has one table: choose --kind (\(KindArgument.names)), or --format jsonl for all kinds.")
    }
    let chain = try journals.chain(watchedAs: "export", allowsFragments: true)
    let sink = try DescriptorSink(output, replace: replace)
    defer { sink.close() }
    do throws(ProjectionError) {
      switch format {
      case .csv:
        if let kind { try exportCSV(chain, kind: kind.kind, to: sink.write) }
      case .jsonl:
        try exportJSONLines(chain, kind: kind?.kind, to: sink.write)
      }
    } catch {
      throw Failure(error)
    }
  }
}

/// An event kind by its name.
struct KindArgument: ExpressibleByArgument {
  let kind: EventKind
  init?(argument: String) {
    guard let kind = EventRegistry.kind(named: argument) else { return nil }
    self.kind = kind
  }
  static var allValueStrings: [String] { EventRegistry.bodies.map { "\($0.name)" } }
  static var names: String { allValueStrings.joined(separator: ", ") }
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

/// Writes bytes to a file or stdout, whole or with an error.
struct DescriptorSink {
  private let descriptor: Int32
  private let isOwned: Bool

  static let standardOutput = DescriptorSink(descriptor: STDOUT_FILENO)
  private init(descriptor: Int32) {
    self.descriptor = descriptor
    isOwned = false
  }

  init(_ path: String, replace: Bool) throws {
    if path == "-" {
      self = DescriptorSink.standardOutput
      return
    }
    descriptor = Glibc.open(path, O_WRONLY | O_CREAT | (replace ? O_TRUNC : O_EXCL) | O_CLOEXEC, 0o644)
    isOwned = true
    if descriptor < 0, errno == EEXIST {
      throw Failure("\(path) exists already; choose another --output, or pass --replace to write it anew.")
    }
    if descriptor < 0 { throw Failure("\(path) can't be written: \(String(cString: strerror(errno))).") }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(ProjectionError) {
    var offset = 0
    while offset < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
      if count < 0 {
        if errno == EINTR { continue }
        throw .output(errno: errno)
      }
      offset += count
    }
  }

  func close() {
    if isOwned { Glibc.close(descriptor) }
  }
}
