import Core
import Events
import Journal
import Market
import Runtime
import Simulation

/// What must hold of a session that is over.
enum SessionChecks {
  static func check(_ result: SessionResult, sent: [UInt64: Int]) throws(SessionFinding) -> JournalFacts {
    let facts = try journal(result)
    if let first = facts.findings.first { throw first }
    if let end = result.end, end.unknownOrders > 0, !result.isStoppedEarly {
      throw SessionFinding(.liveness, "the run ended with \(end.unknownOrders) orders of unknown outcome")
    }
    for order in facts.orders.values where order.isWithheld && sent[order.sequence] != nil {
      throw SessionFinding(.sentWhileStopped, "order \(order.sequence) was withheld and sent")
    }
    if let exchange = result.exchange { try check(result, facts, exchange) }
    return facts
  }

  /// I14, I16: sealed unless something holds the run, whole, and every derived event is what its inputs give.
  private static func journal(_ result: SessionResult) throws(SessionFinding) -> JournalFacts {
    guard let file = open(result) else { throw SessionFinding(.journal, "there is no journal") }
    let report: VerifyReport
    do throws(JournalError) { report = try verifyJournal(file: file) } catch {
      throw SessionFinding(.journal, "\(error)")
    }
    if let damage = report.damage { throw SessionFinding(.journal, "\(damage)") }
    let isHeld = result.end?.held != nil
    if report.summary.isSealed == isHeld {
      throw SessionFinding(.journal, isHeld ? "the journal of a held run was sealed" : "the journal was not sealed")
    }
    let facts = try JournalFacts(file, plan: result.plan)
    if result.defect?.isOfReducer == true { return facts }
    let replay: ReplayReport
    do throws(RunError) {
      let chain: JournalChain
      do throws(ChainError) { chain = try JournalChain(file) } catch { throw .chain(error) }
      replay = try Replay(chain, catalog: SessionPlan.catalog).run { _, _ in }
    } catch {
      throw SessionFinding(.replay, "\(error)")
    }
    if !replay.isEqual || replay.isComplete == isHeld {
      throw SessionFinding(
        .replay, "parts at event \(replay.divergence?.sequence ?? replay.unbalancedAfter ?? replay.events)")
    }
    return facts
  }

  static func open(_ result: SessionResult) -> (any JournalFile)? {
    do throws(FileError) { return try result.disk.open(DiskOutput.path, for: .reading) } catch { return nil }
  }
}
