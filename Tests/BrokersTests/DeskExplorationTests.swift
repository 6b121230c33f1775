import Events
import Market
import Testing

@testable import Brokers

/// Method: every order of {request delivered or lost, answer delivered or lost, report, fill, cancel, disconnect, restart, time} for one order is walked, states that were seen are not
/// walked again. In each state the venue has at most one order of the intent, and what the run believes is what is. Then the same with a mistake put in, which has to be noticed.
@Suite struct DeskExplorationTests {
  struct Walk {
    var stateCount = 0
    var violation: String?
    var isComplete = false
    var path: [DeskModel.Move] = []
    /// The kinds of end that were reached.
    var ends: Set<ExecutionType> = []
  }

  /// Breadth first, so that the path to what is wrong is the shortest.
  static func walk(_ start: DeskModel, stateCountMax: Int) -> Walk {
    var walk = Walk()
    var seen: Set<DeskModel> = [start]
    var queue: [(state: DeskModel, parent: Int, move: DeskModel.Move)] = [(start, -1, .wait)]
    while walk.stateCount < queue.count, walk.stateCount < stateCountMax {
      let state = queue[walk.stateCount].state
      if let violation = state.violation {
        walk.violation = violation
        var place = walk.stateCount
        while queue[place].parent >= 0 {
          walk.path.insert(queue[place].move, at: 0)
          place = queue[place].parent
        }
        return walk
      }
      if state.isOver, let end = state.told.last { walk.ends.insert(end) }
      for move in state.moves {
        var next = state
        next.make(move)
        if seen.insert(next).inserted { queue.append((next, walk.stateCount, move)) }
      }
      walk.stateCount += 1
    }
    walk.isComplete = walk.stateCount == queue.count
    return walk
  }

  @Test(
    "makes at most one order of an intent, whatever the channel does",
    arguments: [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)])
  func atMostOne(losses: Int, disconnects: Int, restarts: Int) {
    var start = DeskModel(losses: losses, disconnects: disconnects, restarts: restarts)
    start.lengthNanos = 18_000_000_000
    let walk = Self.walk(start, stateCountMax: 120_000)
    print("desk model \(losses) \(disconnects) \(restarts): \(walk.stateCount) states, complete \(walk.isComplete)")
    #expect(walk.violation == nil, "\(walk.violation ?? "") after \(walk.path)")
    #expect(walk.isComplete, "the walk was cut")
    #expect(walk.ends.contains(.filled) && walk.ends.contains(.cancelled))
  }

  /// A walk at random to the end of the time; stops at what is wrong.
  static func wander(_ start: DeskModel, seed: UInt64) -> (violation: String?, path: [DeskModel.Move], model: DeskModel)
  {
    var model = start
    var path: [DeskModel.Move] = []
    var random = seed
    // The long way to a second send begins with a loss; a third of the walks take it.
    if seed % 3 == 0, model.lossesLeft > 0 { model.make(.loseRequest) }
    for _ in 0..<120 {
      if let violation = model.violation { return (violation, path, model) }
      let moves = model.moves
      if moves.isEmpty { break }
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let move = moves[Int(random >> 33) % moves.count]
      model.make(move)
      path.append(move)
    }
    return (model.violation, path, model)
  }

  @Test("makes at most one order of an intent under every hostility at once")
  func manyAtOnce() {
    var resentCount = 0
    for seed in 0..<4_000 as Range<UInt64> {
      let end = Self.wander(
        DeskModel(losses: 3, disconnects: 2, restarts: 2, cancels: seed % 2 == 0), seed: seed &* 7_919)
      #expect(end.violation == nil, "seed \(seed): \(end.violation ?? "") after \(end.path)")
      resentCount += end.model.wasResent ? 1 : 0
    }
    print("desk model at random: \(resentCount) of 4000 walks sent an order again after proof")
    #expect(resentCount > 5, "the walks never got as far as a second send")
  }

  @Test("notices each mistake that programs of others made", arguments: DeskModel.Bug.allCases)
  func noticesBugs(bug: DeskModel.Bug) {
    for seed in 0..<4_000 as Range<UInt64> {
      let end = Self.wander(
        DeskModel(losses: 3, disconnects: 2, restarts: 2, cancels: seed % 2 == 0, bug: bug), seed: seed &* 7_919)
      if let violation = end.violation {
        print("\(bug): \(violation), seed \(seed), \(end.path.count) moves")
        return
      }
    }
    Issue.record("\(bug) was not noticed")
  }

  @Test("comes to an end once the channel is kind again")
  func settles() {
    // From states reached under hostility: no more losses, everything is delivered.
    var random: UInt64 = 88
    for round in 0..<300 {
      var model = DeskModel(losses: 2, disconnects: 1, restarts: 1)
      for _ in 0..<12 {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let moves = model.moves
        if moves.isEmpty { break }
        model.make(moves[Int(random >> 33) % moves.count])
      }
      model.lossesLeft = 0
      model.disconnectsLeft = 0
      model.restartsLeft = 0
      for _ in 0..<150 where !model.isOver {
        if !model.requests.isEmpty {
          model.make(.deliverRequest)
        } else if !model.answers.isEmpty {
          model.make(.deliverAnswer)
        } else if !model.reports.isEmpty {
          model.make(.deliverReport)
        } else if model.desk.wakeAt != nil {
          model.make(.wait)
        } else {
          model.make(.fill)
        }
      }
      #expect(model.isOver, "round \(round): \(model.desk.orders.map(\.standing))")
      #expect(model.violation == nil, "round \(round)")
    }
  }
}
