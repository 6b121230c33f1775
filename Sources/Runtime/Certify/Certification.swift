import Core
import Events
package import Journal
import Market
package import Strategies

extension Certificate {
  /// Certifies a run from its journal alone.
  ///
  /// - Parameters:
  ///   - chain: the run from its beginning.
  ///   - later: a journal of the same symbols, made later, whose bars are compared with those the run saw.
  ///   - toleranceMicros: how far beyond its bar's range a venue's fill may lie, in millionths of the price.
  /// - Throws: where a journal can't be read, or holds no decisions to certify.
  /// - Complexity: linear in events; memory grows with orders.
  package static func certify(
    _ chain: JournalChain, catalog: StrategyCatalog, later: JournalChain? = nil, toleranceMicros: Int64 = 0,
    progress: (UInt64, UInt64) -> Void = { _, _ in }
  ) throws(RunError) -> Certificate {
    do throws(ChainError) { try chain.requireStart() } catch { throw .chain(error) }
    let replayed = try Replay(chain, catalog: catalog).run(progress: progress)
    var walk = try TwinWalk(
      chain.started, path: chain.path, catalog: catalog, toleranceMicros: toleranceMicros)
    try walk.walk(chain, progress: progress)
    let parted = replayed.divergence?.sequence ?? replayed.unbalancedAfter
    var unexplained: [Unexplained] = []
    if let divergence = replayed.divergence { unexplained.append(.replay(sequence: divergence.sequence)) }
    if let unbalanced = replayed.unbalancedAfter { unexplained.append(.ledger(sequence: unbalanced)) }
    if !replayed.endsInHead { unexplained.append(.hashChain) }
    unexplained += walk.unexplained
    var findings = walk.findings
    findings.rows = TwinMatch(walk, instruments: chain.started.instruments).rows(
      run: walk.run.orders, twin: walk.twin.orders, unexplained: &unexplained)
    unexplained += walk.miscounted()
    findings.feesElsewhere = walk.feesElsewhere
    findings.assetFees = walk.assetFees
    var compared: LaterBars?
    if let later { compared = try LaterBars.compare(chain, with: later) }
    let summary = chain.summary
    return Certificate(
      start: chain.started, paths: chain.links.map(\.path), head: summary.head, events: summary.events,
      bars: summary.bars, historicalBars: walk.historicalBars, firstTime: summary.firstTime,
      lastTime: summary.lastTime, isEnded: walk.isEnded, isSealed: summary.isSealed,
      replay: CertifiedReplay(
        decisions: UInt64(walk.decisions.count),
        equalDecisions: UInt64(walk.decisions.count { $0 < parted ?? .max }), derived: walk.derivedCount,
        equalDerived: replayed.derived),
      twin: findings,
      revisions: CertifiedRevisions(
        told: walk.told, later: compared),
      unexplained: unexplained)
  }
}
