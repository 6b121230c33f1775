import Core
import Events
import Feeds
package import Market
import Wire

/// What keeps the way from a bar to its orders warm while nothing comes: the same steps on copies, of which nothing is kept.
///
/// A processor that has waited for a minute has forgotten the code that the next bar needs, and takes several times as long for it as for the one after. So the run's newest message is read again by a copy of the feed,
/// a second engine of the same profile takes made bars, and a copy of the order desk signs an order. The run's own state, its journal and its venue know nothing of it.
struct DryRun: ~Copyable {
  typealias MakeEngine = () throws(RunError) -> Engine

  private let makeEngine: MakeEngine
  private let begins: Timestamp
  private var engine: Engine
  private var derived = EventBuffer()
  /// Of the next made event of the second engine; far from any of the run's, whose orders the copied desk knows.
  private var sequence: UInt64 = 1 << 48
  private var count: Int64 = 0
  /// False once the second engine has refused a bar: it is left alone from then on.
  private var isSound = true
  private var openTime: Timestamp
  private var feedOut = WireOutbox<FeedMessage>()
  private var out = LiveOutbox()

  /// - Parameter begins: where the made bars begin.
  init(from begins: Timestamp, _ makeEngine: @escaping MakeEngine) throws(RunError) {
    self.makeEngine = makeEngine
    self.begins = begins
    engine = try makeEngine()
    openTime = begins
  }

  /// A thousand bars of a day go by in a second: after ten years the second engine begins anew, long before calendars and times end.
  private static let horizonNanos: Int64 = 3_650 * Timestamp.nanosPerDay

  /// By how much made bars go up and down in turn, as a part of their price: what looks at prices has something to decide.
  private static let swing: Int64 = 200

  /// One slot, from its last message to the orders' requests.
  ///
  /// - Returns: what would be performed; it is not to be.
  mutating func pass(
    _ slot: [Bar], _ message: WireEvent?, feed: any LiveFeed, orders: borrowing LiveOrders, now: Timestamp
  ) -> [LiveOutbox.Request] {
    if let message {
      var copy = feed
      copy.receive(message, now: now, into: &feedOut)
      feedOut.messages.removeAll(keepingCapacity: true)
      feedOut.requests.removeAll(keepingCapacity: true)
    }
    var scan = DerivedScan()
    if isSound {
      do throws(DryRunEnd) {
        try beginAnewIfDue()
        try take(slot, &scan)
        try answer(scan, slot)
      } catch {
        // Made bars break the profile's rules of time or price, and the second engine has no other use.
        isSound = false
      }
    }
    var copy = LiveOrders(copying: orders)
    out.removeAll()
    copy.note(scan)
    copy.handOver(now)
    copy.takeRequests(into: &out)
    return out.requests
  }

  private struct DryRunEnd: Error {}

  private mutating func beginAnewIfDue() throws(DryRunEnd) {
    if openTime <= begins.adding(DryRun.horizonNanos) { return }
    do throws(RunError) { engine = try makeEngine() } catch { throw DryRunEnd() }
    openTime = begins
  }

  private mutating func take(_ slot: [Bar], _ scan: inout DerivedScan) throws(DryRunEnd) {
    guard let length = slot.first?.durationNanos else { return }
    count += 1
    openTime = openTime.adding(length)
    for bar in slot {
      let close = Price(nanos: bar.close.nanos + (count % 2 == 0 ? bar.close.nanos / DryRun.swing : 0))
      do {
        let made = try Bar(
          instrument: bar.instrument, openTime: openTime, durationNanos: length, open: bar.close,
          high: max(bar.close, close), low: min(bar.close, close), close: close, volume: bar.volume, source: .synthetic,
          closesSlot: bar.closesSlot)
        derived.clear(nextSequence: sequence + 1)
        try engine.reduce(made, sequence: sequence, into: &derived)
      } catch {
        throw DryRunEnd()
      }
      sequence = derived.nextSequence
      derived.eachRow { scan.note($0, $1) }
    }
  }

  /// Everything is filled at once and at the slot's closes, so that the second engine goes on deciding and loses nothing.
  private mutating func answer(_ scan: DerivedScan, _ slot: [Bar]) throws(DryRunEnd) {
    let time = slot.first.map { openTime.adding($0.durationNanos) } ?? openTime
    for (id, intent) in scan.intents {
      guard let price = slot.first(where: { $0.instrument == intent.instrument })?.close else { continue }
      for type in [ExecutionType.accepted, .filled] {
        let isFill = type == .filled
        let report = ExecutionReport(
          type: type, source: .stream, order: id, instrument: intent.instrument, side: intent.side,
          quantity: intent.quantity, cumulative: isFill ? intent.quantity : .zero, price: isFill ? price : nil, fee: 0,
          liquidity: isFill ? .taker : nil, venueTime: time, feeAsset: "", clientOrderID: "",
          venueOrderID: "\(id.sequence)", tradeID: isFill ? "\(id.sequence)" : "", reason: "")
        derived.clear(nextSequence: sequence + 1)
        do throws(ReduceError) {
          try engine.reduce(report, time: time, sequence: sequence, into: &derived)
        } catch {
          throw DryRunEnd()
        }
        sequence = derived.nextSequence
      }
    }
  }
}

extension LiveRun {
  /// Keeps the way to the venue warm while nothing comes; nothing of the run changes.
  ///
  /// - Returns: what would have been performed, for whoever performs to warm himself too.
  package mutating func rehearse(_ now: Timestamp) -> [LiveOutbox.Request] {
    keepsLast = true
    guard phase == .running, let start = loop?.start, !lastSlot.isEmpty else { return [] }
    if dryRun == nil {
      let (instance, catalog) = (settings.instance, catalog)
      do throws(RunError) {
        dryRun = try DryRun(from: time) { () throws(RunError) in
          try makeEngine(start, path: instance, catalog: catalog)
        }
      } catch {
        preconditionFailure("an engine that was made once can be made again")
      }
    }
    switch orders {
    case .some(let orders): return dryRun?.pass(lastSlot, lastMessage, feed: feed, orders: orders, now: now) ?? []
    case .none: return []
    }
  }
}
