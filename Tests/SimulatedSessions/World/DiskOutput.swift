package import Events
package import Journal
package import Runtime
package import Simulation
package import Strategies

/// A run's journal as one file on the simulated disk.
package struct DiskOutput: RunOutput {
  package static let path = "runs/session.zst"
  package let disk: SimulatedDisk
  package let shelf: SnapshotShelf

  package init(disk: SimulatedDisk, shelf: SnapshotShelf) {
    self.disk = disk
    self.shelf = shelf
  }

  package mutating func begin(_ file: RunFile, _ options: JournalOptions) throws(RunError) -> JournalWriter {
    do throws(JournalError) {
      return try JournalWriter.create(
        path: DiskOutput.path, disk: disk, options: options, firstSequence: file.firstSequence, replacing: true)
    } catch {
      throw .journal(error)
    }
  }

  package mutating func resume(
    _ start: RunStarted, _ options: JournalOptions, catalog: StrategyCatalog
  ) throws(RunError) -> ResumedJournal? { nil }

  package mutating func roll(
    to file: RunFile, snapshot: [UInt8], _ options: JournalOptions
  ) throws(RunError) -> JournalWriter { preconditionFailure("sessions don't roll") }

  package mutating func write(snapshot: [UInt8], sequence: UInt64) throws(RunError) {
    shelf.keep(snapshot, at: sequence)
  }
}
