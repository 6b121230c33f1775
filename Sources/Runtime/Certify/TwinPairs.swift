import Events
import Market

/// Which order of a run is which of its twin's.
///
/// 1. Two orders are one where they follow from the same input, for the same purpose, on the same side.
/// 2. Where a run's order follows from a venue's answer, the twin's may follow from the bar before that, on which the simulated venue lets it be decided at once, or
///    from the next one, in which the simulated venue answers. Bars of the instrument are counted, for readings of the clock may lie between.
/// 3. What protects belongs to the entry whose fills it protects, and is paired in order within that. Attempts of the run that ended without a fill and were made again are none that the twin has.
struct TwinPairs {
  private struct Key: Hashable {
    var place: UInt64
    var instrument: InstrumentIndex
    var side: Side
    var purpose: OrderPurpose

    init(_ order: CertifiedOrder, at place: UInt64) {
      self.place = place
      instrument = order.instrument
      side = order.side
      purpose = order.purpose
    }
  }

  /// What protects one entry in one way.
  struct Protection {
    /// Places among the orders of run and twin.
    var run: [Int] = []
    var twin: [Int] = []
  }

  /// The twin's order of each of the run's, by its place.
  private(set) var twinOf: [Int?]
  /// Orders of the run in whose place another one was sent.
  private(set) var superseded: Set<Int> = []
  private(set) var protections: [Protection] = []
  private var protectionOfRun: [Int: Int] = [:]
  private var protectionOfTwin: [Int: Int] = [:]
  private var runPlaces: [UInt64: Int] = [:]
  private var runOf: [UInt64: Int] = [:]
  private var twinPlaces: [UInt64: Int] = [:]

  /// - Parameter isSimulated: whether the two follow from the same inputs throughout, so that the first rule is enough.
  init(run: [CertifiedOrder], twin: [CertifiedOrder], isSimulated: Bool) {
    twinOf = Array(repeating: nil, count: run.count)
    for (place, order) in run.enumerated() { runPlaces[order.sequence] = place }
    for (place, order) in twin.enumerated() { twinPlaces[order.sequence] = place }
    pairDecided(run, twin, isSimulated: isSimulated)
    if isSimulated { return }
    for (place, partner) in twinOf.enumerated() {
      if let partner { runOf[twin[partner].sequence] = place }
    }
    pairProtective(run, twin)
  }

  /// The orders that protect the same entry in the same way as one of the run's; nil of one that doesn't protect.
  func protection(ofRun place: Int) -> Protection? { protectionOfRun[place].map { protections[$0] } }
  func protection(ofTwin place: Int) -> Protection? { protectionOfTwin[place].map { protections[$0] } }

  /// The entry that an order protects, as both have it.
  func entry(ofRun order: CertifiedOrder) -> (run: Int, twin: Int?)? {
    guard let run = order.origin.entry.flatMap({ runPlaces[$0] }) else { return nil }
    return (run, twinOf[run])
  }

  func entry(ofTwin order: CertifiedOrder) -> (run: Int?, twin: Int)? {
    guard let twin = order.origin.entry.flatMap({ twinPlaces[$0] }) else { return nil }
    return (order.origin.entry.flatMap { runOf[$0] }, twin)
  }

  private mutating func pairDecided(_ run: [CertifiedOrder], _ twin: [CertifiedOrder], isSimulated: Bool) {
    var byInput: [Key: [Int]] = [:]
    var byBar: [Key: [Int]] = [:]
    for place in twin.indices.reversed() where isSimulated || !twin[place].purpose.isProtective {
      byInput[Key(twin[place], at: twin[place].origin.ordinal), default: []].append(place)
    }
    for (place, order) in run.enumerated() where isSimulated || !order.purpose.isProtective {
      twinOf[place] = byInput[Key(order, at: order.origin.ordinal)]?.popLast()
    }
    if isSimulated { return }
    for place in byInput.values.joined().sorted(by: >) {
      byBar[Key(twin[place], at: twin[place].origin.bars), default: []].append(place)
    }
    for (place, order) in run.enumerated()
    where twinOf[place] == nil && order.origin.followsAnswer && !order.purpose.isProtective {
      twinOf[place] =
        byBar[Key(order, at: order.origin.bars)]?.popLast() ?? byBar[Key(order, at: order.origin.bars + 1)]?.popLast()
    }
  }

  private mutating func pairProtective(_ run: [CertifiedOrder], _ twin: [CertifiedOrder]) {
    var places: [Key: Int] = [:]
    func place(_ key: Key) -> Int {
      if let place = places[key] { return place }
      places[key] = protections.count
      protections.append(Protection())
      return protections.count - 1
    }
    // Entries are named by the twin's: those that the run alone has protect in a group of their own, behind all that the twin has.
    let none = UInt64.max
    for (position, order) in twin.enumerated() where order.purpose.isProtective {
      let found = place(Key(order, at: order.origin.entry ?? none))
      protections[found].twin.append(position)
      protectionOfTwin[position] = found
    }
    for (position, order) in run.enumerated() where order.purpose.isProtective {
      let entry = entry(ofRun: order)
      let name = entry.map { $0.twin.map { twin[$0].sequence } ?? none - 1 - UInt64($0.run) } ?? none
      let found = place(Key(order, at: name))
      protections[found].run.append(position)
      protectionOfRun[position] = found
    }
    for protection in protections {
      var left = protection.run
      while left.count > protection.twin.count,
        let again = left.dropLast().firstIndex(where: { run[$0].fills.isEmpty && run[$0].end != nil })
      {
        superseded.insert(left.remove(at: again))
      }
      for (ours, theirs) in zip(left, protection.twin) { twinOf[ours] = theirs }
    }
  }
}
