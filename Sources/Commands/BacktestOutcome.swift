import Events
import Journal
import Projections
import Runtime

/// What `backtest` says when it is done.
struct BacktestOutcome {
  let result: BacktestResult
  let path: String

  private var ended: RunEnded { result.ended }
  private var bytesPerBar: String {
    guard result.summary.bars > 0 else { return "0" }
    let hundredths = result.summary.fileBytes * 100 / result.summary.bars
    return "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
  }

  var text: String {
    var out = """
      run       \(Hexadecimal.text(result.runID))
      journal   \(path)
      events    \(result.summary.events)
      bars      \(ended.bars)
      signals   \(ended.signals) (\(ended.refused) refused, \(ended.cut) cut)
      orders    \(ended.orders)
      fills     \(ended.fills)
      bytes     \(result.summary.fileBytes) (\(bytesPerBar) a bar)
      head      \(Hexadecimal.text(result.summary.head))

      """
    if ended.fills == 0 { out += "no fills  " + NoTrades.reason(ended) + "\n" }
    return out
  }

  var json: JSONText {
    .object([
      ("run_id", .string(Hexadecimal.text(result.runID))),
      ("journal", .string(path)),
      ("events", .integer(Int64(result.summary.events))),
      ("bars", .integer(Int64(ended.bars))),
      ("signals", .integer(Int64(ended.signals))),
      ("refused", .integer(Int64(ended.refused))),
      ("cut", .integer(Int64(ended.cut))),
      ("orders", .integer(Int64(ended.orders))),
      ("fills", .integer(Int64(ended.fills))),
      ("bytes", .integer(Int64(result.summary.fileBytes))),
      ("head", .string(Hexadecimal.text(result.summary.head))),
      ("no_fills_because", ended.fills == 0 ? .string(NoTrades.reason(ended)) : .null),
    ])
  }
}

/// Lower-case hexadecimal.
enum Hexadecimal {
  static func text(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    var out = ""
    for byte in bytes {
      out.append(digits[Int(byte >> 4)])
      out.append(digits[Int(byte & 15)])
    }
    return out
  }
}
