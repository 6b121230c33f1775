/// Deliberate bugs, for the tests that must find them: none is ever set but by a test.
///
/// They stand on slow paths alone, so that production pays nothing for them.
struct JournalDefects: OptionSet, Hashable, Sendable {
  let rawValue: UInt32

  /// A commit doesn't sync the tail.
  static let skipTailSync = JournalDefects(rawValue: 1 << 0)
  /// A block is not synced before the tail goes on to the next one.
  static let skipBlockSync = JournalDefects(rawValue: 1 << 1)
  /// New and removed names are not made durable.
  static let skipFolderSync = JournalDefects(rawValue: 1 << 2)
  /// A failed sync is tried again.
  static let retrySync = JournalDefects(rawValue: 1 << 3)
  /// A record is taken for whole where its length is there, whatever its hash.
  static let trustLength = JournalDefects(rawValue: 1 << 4)
  /// What was acknowledged is not compared with what is there.
  static let ignoreMark = JournalDefects(rawValue: 1 << 5)
  /// Another writer's epoch is not looked for.
  static let skipFence = JournalDefects(rawValue: 1 << 6)
  /// A sealed journal's last block is cut before its events stand in the tail.
  static let cutBeforeTail = JournalDefects(rawValue: 1 << 7)
  /// What was cut is not made durable before more is appended.
  static let skipCutSync = JournalDefects(rawValue: 1 << 8)
  /// A writer goes on after a failure.
  static let goOnAfterFailure = JournalDefects(rawValue: 1 << 9)
  /// Reopening decides on bytes that were never synced.
  static let skipReopenSync = JournalDefects(rawValue: 1 << 10)
  /// The seek table is not synced before the tail is removed.
  static let skipSealSync = JournalDefects(rawValue: 1 << 11)
}
