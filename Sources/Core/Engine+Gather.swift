import Events
import Market

/// Decisions on longer bars than those that fill: strategies see a bar when its span is over, and what they order fills on the next of the feed's.
///
/// A span is over with the bar that ends it; where that one is missing, with the first bar behind it, and what is decided then fills behind that one. What the feed leaves
/// unfinished at its end is decided on by nobody. A bar that reaches beyond its span is seen as it is.
extension Engine {
  /// Lets strategies see what a bar of the feed completes.
  ///
  /// - Returns: whether they saw anything.
  @inline(__always)
  mutating func consider(_ bar: Bar, sequence: UInt64, into out: inout EventBuffer) -> Bool {
    if watch.contains(.rolls), !isDecidedOn(bar.instrument.position) { return false }
    if gathered.isEmpty {
      decide(on: bar, sequence: sequence, into: &out)
      return true
    }
    return gather(bar, sequence: sequence, into: &out)
  }

  @inline(never)
  private mutating func gather(_ bar: Bar, sequence: UInt64, into out: inout EventBuffer) -> Bool {
    let index = bar.instrument.position
    var isSeen = false
    if let open = gathered[index], open.holds(bar) {
      gathered[index]?.add(bar)
    } else {
      if let late = gathered[index] {
        gathered[index] = nil
        decide(on: late.bar(of: bar.instrument, isHistorical: bar.isHistorical), sequence: sequence, into: &out)
        isSeen = true
      }
      guard let span = decisionBars.span(of: bar, instruments[index].calendar) else {
        followUpBetween(bar, sequence: sequence, into: &out)
        return isSeen
      }
      gathered[index] = GatheredBar(bar, span)
    }
    guard let open = gathered[index], bar.knownAt >= open.end else {
      followUpBetween(bar, sequence: sequence, into: &out)
      return isSeen
    }
    gathered[index] = nil
    let isBeyond = bar.knownAt > open.end
    if !isBeyond || open.openTime != bar.openTime {
      decide(on: open.bar(of: bar.instrument, isHistorical: bar.isHistorical), sequence: sequence, into: &out)
    } else {
      decide(on: bar, sequence: sequence, into: &out)
    }
    return true
  }

  /// What a venue left open is ordered again on any bar, not only on those that decide.
  private mutating func followUpBetween(_ bar: Bar, sequence: UInt64, into out: inout EventBuffer) {
    if hasFollowUps, risk.books[bar.instrument.position].needsFollowUp { followUp(bar, cause: sequence, into: &out) }
  }

  /// A bar in the making follows what a corporate action did to what a unit is worth.
  mutating func rescaleGathered(
    _ index: Int, price: (Price) -> Price, volume: (Quantity) -> Quantity
  ) {
    if gathered.isEmpty { return }
    gathered[index]?.rescale(price: price, volume: volume)
  }

  func encodeGathered(into buffer: inout ByteBuffer) {
    for index in gathered.indices {
      guard let open = gathered[index] else {
        buffer.append(0)
        continue
      }
      buffer.append(1)
      buffer.appendZigzag(open.start.nanos)
      buffer.appendZigzag(open.end.nanos)
      let bar = open.bar(of: InstrumentIndex(index), isHistorical: false)
      BarObserved(bar).encode(into: &buffer, sequence: nextSequence)
    }
  }

  mutating func decodeGathered(_ reader: inout ByteReader) throws(DecodeError) {
    for index in gathered.indices where try reader.readBool("gathered") {
      let (start, end) = (try reader.readZigzag(), try reader.readZigzag())
      let bar = try BarObserved.decode(&reader, version: 1, sequence: nextSequence).bar
      guard bar.instrument.position == index, start < end, bar.openTime.nanos >= start, bar.openTime.nanos < end else {
        throw .inconsistent("gathered")
      }
      gathered[index] = GatheredBar(bar: bar, start: Timestamp(nanos: start), end: Timestamp(nanos: end))
    }
  }
}
