import Core
import Events
import Foundation
import Market
import Scenarios
import Testing

/// Goal: the table of an order's life holds in every cell, and the reducer goes by it whatever a venue reports in whatever order.
@Suite("The life of an order")
struct OrderStateTests {
  /// What `docs/orders.md` draws, cell by cell: the state behind the event, or the refusal.
  static func drawn() throws -> [OrderEvent: [OrderState: String]] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let lines = try String(contentsOf: root.appending(path: "docs/orders.md"), encoding: .utf8).split(separator: "\n")
    func snake(_ name: String) -> String {
      name.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
    }
    var table: [OrderEvent: [OrderState: String]] = [:]
    for event in OrderEvent.allCases {
      let start = "| `\(snake("\(event)"))` |"
      let row = try #require(lines.first { $0.hasPrefix(start) }, "no row for \(event)")
      let cells = row.split(separator: "|").dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }
      try #require(cells.count == OrderState.allCases.count)
      table[event] = Dictionary(uniqueKeysWithValues: zip(OrderState.allCases, cells))
    }
    return table
  }

  /// A step in the words of the drawing.
  static func words(_ step: OrderStep) -> String {
    switch step {
    case .moves(let state, .filledLate): "\(state), late"
    case .moves(let state, .overfilled): "\(state), overfilled"
    case .moves(let state, _): "\(state)"
    case .refused(let refusal):
      "*" + "\(refusal)".map { $0.isUppercase ? " " + $0.lowercased() : String($0) }.joined() + "*"
    }
  }

  @Test("every event in every state is the transition or the refusal that is drawn")
  func table() throws {
    let drawn = try Self.drawn()
    for state in OrderState.allCases {
      for event in OrderEvent.allCases {
        #expect(Self.words(state.step(event)) == drawn[event]?[state], "\(event) in \(state)")
      }
    }
  }

  @Test("no event brings an order back that is over, and a fill is refused only where it was counted before")
  func irrevocable() {
    for state in OrderState.allCases {
      for event in OrderEvent.allCases {
        if let next = state.after(event), !state.isOpen { #expect(!next.isOpen, "\(event) in \(state)") }
        if [.fillPart, .fillRest, .fillBeyond].contains(event) { #expect(state.after(event) != nil) }
      }
    }
  }

  @Test("every transition and every refusal is reached from an order that was just sent")
  func reachable() {
    var reached: Set<OrderState> = [.sent]
    var transitions: Set<OrderTransition> = []
    var refusals: Set<OrderRefusal> = []
    for _ in OrderState.allCases {
      for state in reached {
        for event in OrderEvent.allCases {
          switch state.step(event) {
          case .moves(let next, let transition):
            reached.insert(next)
            transitions.insert(transition)
          case .refused(let refusal): refusals.insert(refusal)
          }
        }
      }
    }
    #expect(reached == Set(OrderState.allCases))
    #expect(transitions == Set(OrderTransition.allCases))
    #expect(refusals == Set(OrderRefusal.allCases))
  }

  /// What a venue really did with one order of a unit, and what is told of it.
  private struct Story {
    struct Trade {
      var quantity: Int64
      var total: Int64
      var id: String
    }
    var trades: [Trade] = []
    var end: ExecutionType?
    /// Reports in the order in which they arrive: a trade's place, −1 for the end, −2 for the acknowledgement.
    var arrivals: [Int] = []

    init(_ random: inout SeededRandom) {
      var total: Int64 = 0
      for number in 0..<Int(random.next() % 6) {
        let quantity = Int64(1 + random.next() % 60) * FixedPoint.unit / 100
        total += quantity
        trades.append(Trade(quantity: quantity, total: total, id: "t\(number)"))
      }
      if random.next() % 3 != 0 { end = [.cancelled, .expired].picked(by: &random) }
      var told = Array(trades.indices) + [-2]
      if end != nil { told.append(-1) }
      // Each at least once, some again, in any order.
      for _ in 0..<Int(random.next() % 5) { told.append(told.picked(by: &random)) }
      while !told.isEmpty { arrivals.append(told.remove(at: Int(random.next() % UInt64(told.count)))) }
    }
  }

  @Test(
    "reports in any order, repeated and late, book each trade once: late fills count, and what is too much is an alert")
  func anyOrder() throws {
    var seen: [String: Int] = [:]
    for seed in 0..<400 {
      var random = SeededRandom(seed: 0x11fe_0000 + UInt64(seed))
      let story = Story(&random)
      var desk = try ReportTests.Desk()
      let ordered = FixedPoint.unit
      var told: Set<String> = []
      var booked: Int64 = 0
      var isOver = false
      var (lateBooked, tooMuch) = (0, false)
      for arrival in story.arrivals {
        let happened: [String]
        switch arrival {
        case -2: happened = try desk.tell(.accepted)
        case -1: happened = try desk.tell(story.end!, of: story.trades.last?.total ?? 0)
        default:
          let trade = story.trades[arrival]
          happened = try desk.tell(.filled, trade.quantity, of: 0, trade: trade.id)
          let isNew = told.insert(trade.id).inserted
          if isNew {
            if isOver { lateBooked += 1 }
            if booked + trade.quantity > ordered { tooMuch = true }
            booked += trade.quantity
          } else {
            #expect(!happened.contains("fill"), "seed \(seed): a fill seen twice counted twice")
            seen["again", default: 0] += 1
          }
          if booked >= ordered { isOver = true }
        }
        for word in happened { seen[word, default: 0] += 1 }
        if arrival == -1 { isOver = true }
      }
      let state = desk.stage.engine.describe()
      #expect(state.books[0].quantity.nanos == booked, "seed \(seed): what was filled is what is held")
      #expect(state.books[0].orders.isEmpty == isOver, "seed \(seed)")
      let balances = desk.stage.engine.ledgerBalances
      #expect(balances)
      if lateBooked > 0 { seen["booked late", default: 0] += 1 }
      if tooMuch { seen["too much", default: 0] += 1 }
    }
    for word in ["again", "booked late", "too much"] { #expect(seen[word, default: 0] > 20, "\(word): \(seen)") }
    for word in ["late_fill", "overfill"] { #expect(seen[word, default: 0] > 20, "\(word): \(seen)") }
  }
}
