/// Limits of what a text file of bars may look like; reaching one is an error with its name.
enum RowLimits {
  static let fieldCountMax = 256
  static let lineBytesMax = 64 * 1024
  static let symbolBytesMax = 32
  /// Characters of a wrong text that an error shows.
  static let shownTextMax = 40
  /// Bytes read at once of a file that is read alone; must exceed a line.
  static let chunkBytes = 1 << 20
  /// The same where many files are read side by side, so that memory stays bounded.
  static let chunkBytesOfMany = 1 << 17
  static let filesReadWithLargeChunksMax = 16
  static let instrumentCountMax = 10_000
}
