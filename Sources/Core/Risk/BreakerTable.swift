import Events
import Market

/// The breakers of a run, each with a state for every subject that it watches.
struct BreakerTable: Sendable {
  let rules: [BreakerRule]
  /// What of the rules is asked at every bar, by itself: a whole rule is dear to copy.
  let watches: [BreakerKind]
  let thresholds: [Int64]
  let sharesOfEquity: [Bool]
  /// Place of a rule's first state.
  let firstState: [Int]
  /// The one subject that a rule names; −1 where it watches each.
  private let only: [Int]
  private let subjectCounts: [Int]
  let stateCount: Int
  /// Place of a rule's first window among those of its kind.
  private let firstWindow: [Int]
  let windowCounts: WindowCounts
  /// Rules by the moment at which they are looked at, in the profile's order.
  let atMarks: [Int]
  let atFills: [Int]
  let atOrders: [Int]
  let atRejects: [Int]
  let atSignals: [Int]
  let atTimers: [Int]
  let atGaps: [Int]
  let atBreaks: [Int]

  init(_ rules: [BreakerRule], instruments: [Instrument], strategyCount: Int) {
    self.rules = rules
    watches = rules.map(\.watches)
    thresholds = rules.map(\.threshold)
    sharesOfEquity = rules.map(\.isShareOfEquity)
    var firstState: [Int] = []
    var only: [Int] = []
    var subjectCounts: [Int] = []
    var count = 0
    var firstWindow: [Int] = []
    var windows = WindowCounts()
    for rule in rules {
      firstState.append(count)
      var one = -1
      var subjects = 1
      switch rule.scope {
      case .account, .sector: break
      case .strategy:
        subjects = strategyCount
        if let name = rule.subject, let place = Int(name), place < strategyCount { one = place }
      case .symbol:
        subjects = instruments.count
        if let name = rule.subject { one = instruments.firstIndex { $0.symbol == name } ?? -1 }
      }
      if one >= 0 { subjects = 1 }
      only.append(one)
      subjectCounts.append(subjects)
      count += subjects
      firstWindow.append(windows.reserve(subjects, for: rule))
    }
    self.firstWindow = firstWindow
    windowCounts = windows
    self.firstState = firstState
    self.only = only
    self.subjectCounts = subjectCounts
    stateCount = count
    func watching(_ kinds: [BreakerKind]) -> [Int] { rules.indices.filter { kinds.contains(rules[$0].watches) } }
    atMarks = watching([.dailyLoss, .dailyLossOpen, .drawdown, .positionDrift, .signalSilence])
    atFills = watching([.consecutiveLosses, .slippage])
    atOrders = watching([.orderRate])
    atRejects = watching([.rejectRate])
    atSignals = watching([
      .confidenceDrift, .confidenceShift, .confidenceStuck, .predictionBounds, .signalRate, .signalSilence,
    ])
    atTimers = watching([.clockJump, .feedGap])
    atGaps = watching([.feedGap])
    atBreaks = watching([.reconciliation])
  }

  /// The state of a rule for a strategy and an instrument; nil where the rule watches neither.
  @inline(__always)
  func state(_ rule: Int, strategy: Int, index: Int) -> Int? {
    switch rules[rule].scope {
    case .account, .sector: return firstState[rule]
    case .strategy: return place(rule, strategy)
    case .symbol: return place(rule, index)
    }
  }

  @inline(__always)
  private func place(_ rule: Int, _ subject: Int) -> Int? {
    if subject < 0 { return nil }
    if only[rule] < 0 { return firstState[rule] + subject }
    return only[rule] == subject ? firstState[rule] : nil
  }

  /// The states of a rule.
  @inline(__always)
  func states(_ rule: Int) -> Range<Int> { firstState[rule]..<firstState[rule] + subjectCounts[rule] }

  /// Place of a state's window among those of its rule's kind.
  @inline(__always)
  func windowPlace(_ rule: Int, _ state: Int) -> Int { firstWindow[rule] + state - firstState[rule] }

  /// Whose a state of a rule is.
  func subject(_ rule: Int, _ state: Int) -> RiskSubject {
    let place = only[rule] >= 0 ? only[rule] : state - firstState[rule]
    switch rules[rule].scope {
    case .account, .sector: return .account
    case .strategy: return .strategy(place)
    case .symbol: return .symbol(place)
    }
  }
}

/// What a breaker remembers of one subject.
struct BreakerState: BitwiseCopyable, Hashable, Sendable {
  var isTripped = false
  /// Losses in a row, for those that count them.
  var count: Int64 = 0
}

/// The windows that breakers of each kind keep, with the rule that gives each its size.
struct WindowCounts: Sendable {
  private(set) var rates: [BreakerRule] = []
  private(set) var means: [BreakerRule] = []
  private(set) var drifts: [BreakerRule] = []
  private(set) var shifts: [BreakerRule] = []

  /// - Returns: the place of the first; 0 for kinds without windows.
  fileprivate mutating func reserve(_ count: Int, for rule: BreakerRule) -> Int {
    let windows = [BreakerRule](repeating: rule, count: count)
    switch rule.watches {
    case .orderRate, .rejectRate, .signalRate, .signalSilence:
      rates += windows
      return rates.count - count
    case .slippage:
      means += windows
      return means.count - count
    case .confidenceDrift:
      drifts += windows
      return drifts.count - count
    case .confidenceShift:
      shifts += windows
      return shifts.count - count
    default:
      return 0
    }
  }
}
