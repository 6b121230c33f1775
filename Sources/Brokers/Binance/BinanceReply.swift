import Market
import Wire

/// One answer, by whichever way it came.
struct BinanceReply: Sendable {
  var status: Int
  /// Result or body; nil where there is none that is JSON.
  var result: JSONValue?
  var code: Int?
  var text: String
  /// What goes with a code: the halves of a replacement.
  var details: JSONValue?
  /// When the exchange may be asked again, on its clock.
  var retryAt: Timestamp?
  var verdict: BinanceVerdict

  /// An answer of the WebSocket API, whose `id` was read.
  init(frame: JSONValue) {
    status = Int(clamping: frame["status"]?.integer ?? 0)
    result = frame.present("result")
    let error = frame["error"]
    code = error?["code"]?.integer.map { Int(clamping: $0) }
    text = error?["msg"]?.string ?? ""
    details = error?["data"]
    retryAt = details?["retryAfter"]?.integer.flatMap { Timestamp(milliseconds: $0) }
    verdict = BinanceVerdict.of(status: status, code: code, text: text)
  }

  init(_ response: HTTPResponse, serverTime: Timestamp) {
    status = response.status
    do throws(JSONError) {
      result = try JSONDocument(response.body).root
    } catch {
      // HTML of some proxy, or nothing: what it means is told by the status alone.
      result = nil
    }
    code = response.status == 200 ? nil : result?["code"]?.integer.map { Int(clamping: $0) }
    details = response.status == 200 ? nil : result?["data"]
    text = response.status == 200 ? "" : result?["msg"]?.string ?? "HTTP \(response.status)"
    if let header = response.header("Retry-After"), let seconds = Int64(header), (0...604_800).contains(seconds) {
      retryAt = serverTime.shifted(seconds * Timestamp.nanosPerSecond)
    }
    verdict = BinanceVerdict.of(status: status, code: code, text: text)
  }
}
