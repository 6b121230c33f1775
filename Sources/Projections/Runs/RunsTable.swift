/// The list of runs as `engine runs` prints it.
package enum RunsTable {
  package static func text(_ runs: [RunsDatabase.Run]) -> String {
    var table = TextTable([.left, .left, .left, .left, .left, .right, .right, .right, .right, .left])
    table.add("run", "mode", "strategies", "from", "to", "bars", "orders", "fills", "final equity", "journal")
    for run in runs {
      table.add(
        String(run.runID.prefix(12)), run.mode, run.strategies, run.startedAt,
        run.isComplete ? run.lastTime : run.lastTime + " (not ended)", "\(run.bars)", "\(run.orders)", "\(run.fills)",
        run.finalEquity.map { "\($0) \(run.currency)" } ?? "-", run.path)
    }
    return table.text
  }

  /// An array of objects with the columns of the table `runs` that matter for a choice.
  package static func json(_ runs: [RunsDatabase.Run]) -> String {
    var json = JSONWriter()
    json.openArray()
    for run in runs {
      json.openObject()
      json.string("run_id", run.runID)
      json.string("path", run.path)
      json.string("mode", run.mode)
      json.string("strategies", run.strategies)
      json.string("started_at", run.startedAt)
      json.string("last_time", run.lastTime)
      json.flag("complete", run.isComplete)
      json.integer("events", run.events)
      json.integer("bars", run.bars)
      json.integer("orders", run.orders)
      json.integer("fills", run.fills)
      json.string("currency", run.currency)
      json.string("start_equity", run.startEquity)
      json.string("final_equity", run.finalEquity)
      json.closeObject()
    }
    json.closeArray()
    return json.text()
  }
}
