package import Events
package import Journal

/// Appends what an operator says to the journal of a run that no process writes any more, with what follows from it, and closes it again.
///
/// The journal is opened as its one writer opens it and replayed to its end, so the reducer answers as it would have in the run. Whoever goes on
/// with the run finds it among its inputs.
/// - Precondition: the journal was opened with a durability of `commit`.
package func append(
  _ command: OperatorCommand, to journal: consuming ResumedJournal, options: JournalOptions
) throws(RunError) -> ControlReceipt {
  var journal = journal
  let time = journal.point.lastTime
  let isOpen = journal.point.end == .open
  guard let writer = journal.writer.take() else { preconditionFailure("somebody opened a file of the journal") }
  guard isOpen else { throw .runEnded(path: writer.path) }
  var loop = try RunLoop.resumed(journal, writer: writer, options: options)
  let sequence = loop.writer.nextSequence
  try loop.take(.command(command, time))
  let receipt = loop.receipt(
    ControlRequest.word(of: command.command), sequence: sequence, time: time, isDurable: true)
  try loop.commit()
  return receipt
}
