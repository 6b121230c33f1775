import Events
import Market
import Wire

/// What became of a replacement (`order.cancelReplace`), of which each half is told by itself where one was not done.
extension BinanceVenue {
  /// Reads an answer of −2021 (one half was done) or −2022 (none was), and ends the operation.
  mutating func takeHalves(
    _ details: JSONValue, _ index: Int, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) throws(JSONFieldError) {
    guard case .replace(let old, with: let ticket) = operations[index].request else { return }
    let wasCancelled = try isDone(details, "cancelResult")
    let wasTried = try details.string("newOrderResult") != "NOT_ATTEMPTED"
    let wasPlaced = wasTried ? try isDone(details, "newOrderResult") : false
    let cancelled = try details.object("cancelResponse")
    var cancel = VenueAnswer.done
    if wasCancelled { try tellEnd(of: old, cancelled, now, into: &out) } else { cancel = try answer(cancelled, now) }
    var order: VenueAnswer?
    if wasTried {
      let response = try details.object("newOrderResponse")
      order = .done
      if wasPlaced { try tellPlaced(ticket, response, into: &out) } else { order = try answer(response, now) }
    }
    finish(operations[index].call, .halves(cancel: cancel, order: order), into: &out)
  }

  private func isDone(_ details: JSONValue, _ half: StaticString) throws(JSONFieldError) -> Bool {
    switch try details.string(half) {
    case "SUCCESS": true
    case "FAILURE": false
    default: throw JSONFieldError("\(half)", .notA(.word))
    }
  }

  /// What a half that was not done says of itself, read as an answer of its own.
  private func answer(_ half: JSONValue, _ now: Timestamp) throws(JSONFieldError) -> VenueAnswer {
    let code = Int(clamping: try half.integer("code"))
    let text = try half.string("msg")
    return switch BinanceVerdict.of(status: 400, code: code, text: text) {
    case .refused, .wouldTrigger, .fault: .refused(code: code, text)
    case .wait, .clock: .wait(until: now.shifted(Self.againNanos), text)
    case .done, .unknown, .notFound, .archived: .unknown("\(code) \(text)")
    }
  }
}
