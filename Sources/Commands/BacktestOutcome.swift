import Events
import Journal
import Market
import Projections
import Runtime

/// What `backtest` says when it is done.
struct BacktestOutcome {
  let result: BacktestResult
  /// Of the journal's files in order; `-` where it went to stdout.
  let paths: [String]
  /// Why nothing filled; nil where something did.
  let silence: String?

  private var ended: RunEnded { result.ended }
  private var bytesPerBar: String {
    guard result.summary.bars > 0 else { return "0" }
    let hundredths = result.summary.fileBytes * 100 / result.summary.bars
    return "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
  }

  /// Reads the reason from the written journal; from the counts alone where it went to stdout.
  init(result: BacktestResult, paths: [String]) throws {
    self.result = result
    self.paths = paths
    if result.ended.fills > 0 {
      silence = nil
    } else if paths == ["-"] {
      silence = NoTrades.reason(result.ended)
    } else {
      let chain = try paths.map(JournalArgument.init(text:)).chain()
      do throws(ProjectionError) {
        silence = try report(chain).silence?.text
      } catch {
        throw Failure(error)
      }
    }
  }

  var text: String {
    var out = """
      run       \(Hex.text(result.runID))
      journal   \(paths.joined(separator: "\n          "))
      events    \(result.summary.events)
      bars      \(ended.bars)
      signals   \(ended.signals) (\(ended.refused) refused, \(ended.cut) cut)
      orders    \(ended.orders)
      fills     \(ended.fills)
      bytes     \(result.summary.fileBytes) (\(bytesPerBar) a bar)
      head      \(Hex.text(result.summary.head))

      """
    for note in result.notes { out += "note      " + note + "\n" }
    if let silence { out += "no fills  " + silence + "\n" }
    return out
  }

  var json: JSONText { .object(members) }

  /// With why a live run ended.
  func json(ended end: LiveEnd) -> JSONText {
    .object(members + [("ended", .string(end.cause.rawValue)), ("ended_because", .string(end.line))])
  }

  private var members: [(String, JSONText)] {
    [

      ("run_id", .string(Hex.text(result.runID))),
      ("journal", paths.first.map { .string($0) } ?? .null),
      ("journals", .array(paths.map { .string($0) })),
      ("events", .integer(Int64(result.summary.events))),
      ("bars", .integer(Int64(ended.bars))),
      ("signals", .integer(Int64(ended.signals))),
      ("refused", .integer(Int64(ended.refused))),
      ("cut", .integer(Int64(ended.cut))),
      ("orders", .integer(Int64(ended.orders))),
      ("fills", .integer(Int64(ended.fills))),
      ("bytes", .integer(Int64(result.summary.fileBytes))),
      ("head", .string(Hex.text(result.summary.head))),
      ("notes", .array(result.notes.map { .string($0) })),
      ("no_fills_because", silence.map { .string($0) } ?? .null),
    ]
  }
}
