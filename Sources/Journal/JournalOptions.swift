/// How a journal is written. Nothing here changes the canonical bytes but `limits`, and nothing the file's bytes but
/// `limits` and `compressionLevel`.
package struct JournalOptions: Hashable, Sendable {
  /// Of zstd; levels up to 3 give the same bytes on every machine with the same libzstd.
  package var compressionLevel: Int32
  /// 1, or 2: encode, hash, compress and write on a second thread.
  package var threads: Int
  package var limits: BlockLimits
  package var durability: Durability
  /// Who writes: stands in the live tail and in the error that a second writer gets.
  package var owner: String
  var defects: JournalDefects = []

  package init(
    compressionLevel: Int32 = 3, threads: Int = 1, limits: BlockLimits = .standard, durability: Durability = .close,
    owner: String = ""
  ) {
    self.compressionLevel = compressionLevel
    self.threads = threads
    self.limits = limits
    self.durability = durability
    self.owner = owner
  }
}
