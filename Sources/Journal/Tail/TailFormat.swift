/// The numbers of the live tail `NAME.zst.tail`. `Format.md` §9 explains every byte.
///
/// Everything stands on pages of its own: a write that a power cut tears can harm no page that holds something acknowledged.
enum TailFormat {
  static let version: UInt32 = 1
  static let pageBytes = 4096
  /// "EVTL"
  static let headerMagic: UInt32 = 0x4C54_5645
  /// "EVTA"
  static let markMagic: UInt32 = 0x4154_5645
  /// "EVTR"
  static let recordMagic: UInt32 = 0x5254_5645

  /// Two header slots, written in turn, then the mark, then the records.
  static let markOffset = UInt64(2 * pageBytes)
  static let recordsOffset = UInt64(3 * pageBytes)

  static let headerDomain: [UInt8] = Array("engine journal tail header 1\n".utf8)
  static let markDomain: [UInt8] = Array("engine journal tail mark 1\n".utf8)
  static let recordDomain: [UInt8] = Array("engine journal tail record 1\n".utf8)

  static func headerOffset(epoch: UInt64) -> UInt64 { epoch % 2 * UInt64(pageBytes) }

  /// `bytes` rounded up to whole pages.
  static func pages(_ bytes: Int) -> Int { (bytes + pageBytes - 1) / pageBytes * pageBytes }

  /// A tail longer than this is none of ours: 16,384 events, each committed alone on a page, and the longest row.
  static let bytesMax = UInt64(
    3 * pageBytes + (JournalFormat.eventsPerBlockMax + 1) * pageBytes + JournalFormat.canonicalBytesMax)
}
