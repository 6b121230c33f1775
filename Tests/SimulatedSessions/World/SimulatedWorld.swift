import Core
import Events
import Journal
package import Market
package import Rehearsal
package import Runtime
package import Simulation
import Wire

/// A session under way: one process of a run after another, the exchange, the network between them, a disk, a clock and people, all in one thread and all from
/// one seed. The code under test is the same that `engine paper` and `engine live` run; only what it touches is simulated.
///
/// Time passes by taking what happens next: an arrival, a waking of the run or of the exchange, an appointment of the world's own. Nothing reads a clock.
package final class SimulatedWorld {
  /// What the world itself has planned.
  enum Appointment {
    /// A process begins, where none runs.
    case begin
    /// Nothing goes wrong from here on, and nothing new is decided.
    case heal
    /// Somebody pulls the switch.
    case kill
    /// The run is asked to end.
    case stop
    /// By then everything must be over.
    case deadline
  }

  package let plan: SessionPlan
  let profile: Profile
  let bars: [Bar]
  let streams: RandomStreams
  package internal(set) var now: Timestamp
  package internal(set) var faults: FaultScript
  var network: SimulatedNetwork
  package internal(set) var exchange: Exchange?
  package internal(set) var disk: SimulatedDisk
  var run: LiveRun<DiskOutput>?
  var desk = ControlDesk()
  var out = LiveOutbox()
  var appointments: TimeQueue<Appointment>
  /// Processes begun so far.
  package internal(set) var life = 0
  /// The run's clock less the world's.
  var clockOffset: Int64
  package internal(set) var isHealed = false
  package internal(set) var end: LiveEnd?
  var isOver = false
  package internal(set) var observer: SessionObserver
  package internal(set) var figures = SessionFigures()
  /// What a step may do before the time it has taken counts as a hang.
  private var stepsAtInstant = 0
  private let defect: Defect?
  private let script: SessionScript
  package let shelf: SnapshotShelf
  /// Whether the run keeps itself warm between its steps.
  private let rehearses: Bool
  /// What it would have sent then.
  package private(set) var rehearsedRequests = 0

  /// - Parameter mishaps: nil for what the plan draws.
  package init(
    _ plan: SessionPlan, replaying mishaps: [Mishap]? = nil, defect: Defect? = nil,
    script: SessionScript = SessionScript(), snapshotEvents: UInt64? = nil, rehearses: Bool = false
  ) throws(SessionFinding) {
    self.plan = plan
    self.rehearses = rehearses
    shelf = SnapshotShelf(events: snapshotEvents, seed: plan.seed)
    self.defect = defect
    self.script = script
    streams = RandomStreams(seed: plan.seed)
    do throws(ProfileError) {
      profile = try Profile.parse(yaml: plan.yaml, file: "session", catalog: SessionPlan.catalog)
    } catch {
      throw SessionFinding(.harness, "the profile is refused: \(error)")
    }
    bars = plan.bars
    faults = mishaps.map { FaultScript(replaying: $0.world) } ?? FaultScript(streams, rates: plan.rates)
    network = SimulatedNetwork(streams)
    disk = SimulatedDisk(records: false)
    if defect == .ackBeforeSync { disk.lieAboutSyncs() }
    appointments = TimeQueue(ties: streams["appointments"])
    clockOffset = plan.skewNanos
    now = SessionPlan.marketStart
    exchange = nil
    observer = SessionObserver(plan)
    if plan.venue == .exchange {
      exchange = try SessionExchange.make(plan, profile, bars, now: now, replaying: mishaps?.venue)
    }
    let settled = plan.lastDecision
    appointments.insert(.begin, at: now)
    appointments.insert(.heal, at: settled.advanced(byNanos: SessionPlan.intervalNanos / 2))
    let lastBar = settled.advanced(byNanos: Int64(SessionPlan.settlingCount) * SessionPlan.intervalNanos)
    appointments.insert(.stop, at: plan.stopTime)
    if let killAt = script.killAt { appointments.insert(.kill, at: killAt) }
    appointments.insert(.deadline, at: lastBar.advanced(byNanos: 15 * SessionPlan.intervalNanos))
  }

  /// Runs the session to its end and checks everything.
  package func play() throws(SessionFinding) {
    while !isOver { try advance() }
    try observer.check(finished: self.result)
  }

  /// Lets the next thing happen.
  private func advance() throws(SessionFinding) {
    let runWake = run?.wakeAt.map { Timestamp(nanos: max($0.nanos, .min / 2) - clockOffset) }
    let times = [network.nextTime, exchange?.wakeAt, appointments.nextTime, runWake].compactMap { $0 }
    guard let next = times.min() else { throw SessionFinding(.liveness, "nothing will ever happen again") }
    stepsAtInstant = next > now ? 0 : stepsAtInstant + 1
    if stepsAtInstant > 10_000 {
      let waking = [("network", network.nextTime), ("exchange", exchange?.wakeAt), ("run", runWake)]
        .filter { $0.1.map { $0 <= now } ?? false }
      throw SessionFinding(.liveness, "time stands still at \(now): \(waking.map(\.0)) wake all the time, \(standing)")
    }
    now = max(now, next)
    // At one instant: the exchange, then arrivals, then the world, then the run; the queue's own ties come from the seed.
    if let wake = exchange?.wakeAt, wake <= now {
      wakeExchange()
    } else if let arrival = network.nextTime, arrival <= now {
      try deliver()
    } else if let time = appointments.nextTime, time <= now {
      try keepAppointment()
    } else {
      try step([])
    }
  }

  // MARK: The exchange

  private func wakeExchange() {
    var actions: [ServerAction] = []
    exchange?.wake(now: now, into: &actions)
    perform(actions)
  }

  private func perform(_ actions: [ServerAction]) {
    for action in actions { network.perform(action, now: now, &faults) }
  }

  private func deliver() throws(SessionFinding) {
    guard let delivery = network.next().delivery else { return }
    switch delivery {
    case .server(let event):
      var actions: [ServerAction] = []
      exchange?.receive(event, now: now, into: &actions)
      perform(actions)
    case .client(let client, let event):
      // What arrives for a dead process arrives nowhere.
      guard client.life == life, run != nil, let party = LiveParty(rawValue: client.party) else { return }
      try step([.wire(party, event)])
    }
  }

  // MARK: The run

  /// One step of the run, and what it lets out.
  private func step(_ arrivals: [LiveArrival]) throws(SessionFinding) {
    guard run != nil else { return }
    if try meddle() { return }
    let clock = Timestamp(nanos: now.nanos + clockOffset)
    figures.steps += 1
    do throws(RunError) {
      try run?.step(arrivals, now: clock, into: &out)
    } catch {
      try processEnded(by: error)
      return
    }
    try observer.check(step: out, of: run?.status, disk: disk, now: now)
    for request in out.requests {
      let client = SimulatedNetwork.Client(life: life, party: request.party.rawValue)
      network.perform(request.request, of: client, now: now, &faults)
    }
    do throws(RunError) { try run?.performed(&out) } catch {
      try processEnded(by: error)
      return
    }
    if rehearses { rehearsedRequests += run?.rehearse(clock).count ?? 0 }
    if let end = out.end { try finish(end) }
  }

  private func finish(_ end: LiveEnd) throws(SessionFinding) {
    guard var ended = run.take() else { return }
    network.die(life: life, now: now)
    do throws(RunError) {
      _ = try ended.finish()
    } catch {
      try processEnded(by: error)
      return
    }
    self.end = end
    isOver = true
  }

  /// What people and the machine do to the run before a step; true where that ended the process.
  private func meddle() throws(SessionFinding) -> Bool {
    if faults.fires(.processKilled) != nil {
      figures.kills += 1
      die(leaving: disk.now.kill(), restartIn: faults.fired.last)
      return true
    }
    if let fault = faults.fires(.powerCut), disk.cut == nil {
      disk.cutPower(at: disk.operationCount + Int(fault.number(in: 0...14)))
      powerFault = fault
    }
    if let fault = faults.fires(.diskError) {
      let kinds = SimulatedDisk.Fault.allCases
      disk.plan(
        kinds[Int(fault.number(in: 0...Int64(kinds.count - 1)))],
        at: disk.operationCount + Int(fault.number(in: 0...14, salt: 1)))
    }
    if let fault = faults.fires(.diskFull) {
      disk.fill(leaving: Int(fault.number(in: 0...200_000)))
    }
    if let fault = faults.fires(.clockJump) {
      clockOffset += fault.number(in: -3_000_000_000...3_000_000_000)
      clockOffset = min(max(clockOffset, -4_000_000_000), 4_000_000_000)
    }
    if let fault = faults.fires(.killed) {
      let source: KillSource = [.file, .signal, .command][Int(fault.number(in: 0...2))]
      // Twice at once now and then: several sources are one kill.
      for _ in 0...fault.number(in: 0...1, salt: 1) {
        desk.leave(.kill(KillSwitch(source: source, reason: "the session's script")))
      }
    }
    if faults.fires(.resumed) != nil { say(.resume) }
    if faults.fires(.rearmed) != nil { say(.rearm) }
    if faults.fires(.stopped) != nil { desk.leave(.stop("the session's script")) }
    return false
  }

  /// Every other session lets the run trade again in the moment in which it is ended, so that its journal is sealed; the others leave it held.
  private func endSession() {
    if plan.seed.isMultiple(of: 2) { say(.resume) }
    desk.leave(.stop("the session is over"))
  }

  private func pullSwitch() { desk.leave(.kill(KillSwitch(source: .command, reason: "the session's script"))) }

  private func say(_ command: OperatorCommandType) {
    desk.leave(.command(OperatorCommand(command: command, reason: "the session's script")))
  }

  /// The power cut that is on its way.
  private var powerFault: Fault?

  /// A step, a start or the seal failed: right only where the disk was made to fail.
  private func processEnded(by error: RunError) throws(SessionFinding) {
    if case .endedOnPurpose = error {
      figures.kills += 1
      die(leaving: disk.now.kill(), restartIn: nil)
      return
    }
    if let cut = disk.cut {
      figures.powerCuts += 1
      var random = SplitMix64(seed: powerFault?.detail ?? 0)
      let damage = random.pick(CrashDamage.kinds)
      let after = cut.crash(damage, keepsNames: random.next(below: 2) == 0, random: &random)
      die(leaving: after, restartIn: powerFault)
      return
    }
    guard error.isOfDisk else { throw SessionFinding(.refusal, "life \(life): \(error)") }
    figures.diskFailures += 1
    let after = disk.now.kill()
    after.fill(leaving: nil)
    die(leaving: after, restartIn: nil)
  }

  /// The process is gone; another begins soon.
  private func die(leaving disk: SimulatedDisk, restartIn fault: Fault?) {
    run = nil
    shelf.processDied(life: life)
    network.die(life: life, now: now)
    self.disk = disk
    if defect == .ackBeforeSync { disk.lieAboutSyncs() }
    powerFault = nil
    // Mostly within the bar; now and then some bars pass.
    let isLong = (fault?.number(in: 0...7, salt: 2) ?? 1) == 0
    let delay = fault?.number(in: isLong ? 60_000_000_000...240_000_000_000 : 500_000_000...20_000_000_000, salt: 3)
    appointments.insert(.begin, at: now.advanced(byNanos: delay ?? 5_000_000_000))
  }

  // MARK: Appointments

  private func keepAppointment() throws(SessionFinding) {
    guard let (_, appointment) = appointments.takeFirst() else { return }
    switch appointment {
    case .begin: try begin()
    case .heal:
      isHealed = true
      faults.isOn = false
      disk.heal()
      exchange?.endFaults()
      say(.halt)
    case .kill: pullSwitch()
    case .stop: endSession()
    case .deadline:
      throw SessionFinding(
        .liveness, "\(SessionPlan.settlingCount) quiet bars and 15 minutes, and the run has not ended: \(standing)")
    }
  }

  private var standing: String {
    "phase \(run?.phase.rawValue ?? "dead"), life \(life)"
  }

  /// A process begins: at a new journal, or where the last one was broken off.
  private func begin() throws(SessionFinding) {
    if run != nil || isOver { return }
    life += 1
    desk = ControlDesk()
    let clock = Timestamp(nanos: now.nanos + clockOffset)
    do throws(RunError) {
      run = try SessionProcess.begin(
        plan, profile, bars, disk: disk, desk: desk, clock: clock, life: life, defect: defect, script: script,
        shelf: shelf)
    } catch {
      try processEnded(by: error)
      return
    }
    if life > 1 { figures.restarts += 1 }
    // Whoever stopped or halted a run that died since says so again.
    if isHealed { say(.halt) }
    if let killAt = script.killAt, now >= killAt, run?.status?.state.killedAt == nil { pullSwitch() }
    if now >= plan.stopTime { endSession() }
    try observer.check(begun: run?.status, life: life)
  }

  /// What went wrong, in order for each.
  package var fired: [Mishap] {
    faults.fired.map { .world($0) } + (exchange?.firedFaults.map { .venue($0) } ?? [])
  }

  /// What happened, counted.
  package var total: SessionFigures {
    var total = figures
    total.sessions = 1
    total.requests = network.requestCount
    total.texts = network.textCount
    total.events = observer.facts?.count ?? 0
    total.intents = observer.facts?.orders.count ?? 0
    total.fills = observer.facts?.fills.count ?? 0
    total.sometimes = observer.facts?.happened ?? [:]
    return total
  }

  private var result: SessionResult {
    SessionResult(
      plan: plan, disk: disk, exchange: exchange, end: end, fired: fired, restarts: figures.restarts, defect: defect)
  }
}
