// Goal: a certificate explains everything that goes wrong with a venue, a network or a process and is no fault of the run's; and where nothing goes wrong, run and twin are alike.
// Method: the sessions of the simulation, certified from the journals that they leave.
import Events
import Journal
import Market
import Runtime
import SimulatedSessions
import Testing

@Suite struct CertificateSessionTests {
  private func certificate(_ run: SessionRun) throws -> Certificate {
    let file = try #require(try run.openJournal())
    return try Certificate.certify(try JournalChain(file), catalog: SessionPlan.catalog)
  }

  @Test("of a session in which all goes well says that run and twin decide alike", arguments: [UInt64(1), 2, 3])
  func calm(_ seed: UInt64) throws {
    for venue in [SessionPlan.VenueKind.paper, .exchange] {
      let run = SessionRun(SessionPlan(seed: seed, barCount: 24, venue: venue, trouble: SessionPlan.Trouble.none))
      let certificate = try certificate(run)
      #expect(certificate.unexplained.isEmpty, "\(certificate.unexplained)")
      #expect(certificate.twin.signals > 0 && certificate.twin.signalsAlike == certificate.twin.signals)
      if venue == .paper { #expect(certificate.twin.rows.allSatisfy { $0.reason == .same }) }
    }
  }

  @Test("of a session in which orders are changed leaves nothing unexplained", arguments: UInt64(1)..<13)
  func amending(_ seed: UInt64) throws {
    for trouble in SessionPlan.Trouble.allCases {
      let plan = SessionPlan(seed: seed, barCount: 30, venue: .exchange, trouble: trouble).amending
      let run = SessionRun(plan)
      let certificate = try certificate(run)
      // An order that a fault fills before its cancel fills at its limit, wherever the market was: such prices are rightly told.
      let unexplained = certificate.unexplained.filter {
        switch $0 {
        case .outcome: false
        case .price: trouble == .none
        default: true
        }
      }
      #expect(unexplained.isEmpty, "\(unexplained); \(plan.line)")
      #expect(certificate.replay.equalDecisions == certificate.replay.decisions)
    }
  }

  @Test("of a session in which all goes well compares what protects with the twin's, order by order")
  func protection() throws {
    var compared = 0
    for seed in UInt64(1)...40 {
      let plan = SessionPlan(seed: seed, barCount: 30, venue: .exchange, trouble: SessionPlan.Trouble.none)
      guard plan.hasRestingExits else { continue }
      let certificate = try certificate(SessionRun(plan))
      #expect(certificate.unexplained.isEmpty, "\(certificate.unexplained); \(plan.line)")
      for row in certificate.twin.rows {
        // An excuse names an event before the order.
        guard case .followsFrom(let event) = row.reason, let run = row.run else { continue }
        #expect(event < run.sequence, "\(plan.line)")
      }
      compared += certificate.twin.protectiveCompared
    }
    #expect(compared > 20)
  }

  @Test(
    "of a session in which anything goes wrong leaves nothing unexplained but the orders whose outcome the run itself doesn't know",
    arguments: UInt64(1080)..<1096)
  func swarm(_ seed: UInt64) throws {
    let run = SessionRun(SessionPlan(seed: seed, barCount: 30))
    let end = try #require(run.end, "\(run.plan.line)")
    let certificate = try certificate(run)
    let unexplained = certificate.unexplained.filter { if case .outcome = $0 { false } else { true } }
    #expect(unexplained.isEmpty, "\(unexplained); \(run.plan.line)")
    #expect(certificate.unexplained.count - unexplained.count <= end.unknownOrders, "\(run.plan.line)")
    #expect(certificate.replay.equalDecisions == certificate.replay.decisions)
  }
}
