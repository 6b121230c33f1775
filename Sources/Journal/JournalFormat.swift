/// The numbers of the file format, in one place. `Format.md` explains every byte.
package enum JournalFormat {
  /// Of trailers and blocks. A reader refuses a higher one by number and reads every lower one.
  package static let version: UInt32 = 1

  static let zstdMagic: UInt32 = 0xFD2F_B528
  static let trailerMagic: UInt32 = 0x184D_2A51
  static let seekTableMagic: UInt32 = 0x184D_2A5E
  static let seekFooterMagic: UInt32 = 0x8F92_EAB1
  /// "EVBK"
  static let blockMagic: UInt32 = 0x4B42_5645

  /// The most events a block may hold: bounds what a decoder allocates before it has checked anything.
  package static let eventsPerBlockMax = 16384
  package static let rowBytesPerBlockMax = 1 << 20
  /// The longest row: an announcement of a run over every instrument there can be, with a long profile.
  package static let rowBytesMax = 8 << 20
  /// No canonical block is longer: header, run lengths, lanes (at most 100 bytes each), columns (72 bytes a bar), rows.
  static let canonicalBytesMax =
    64 + eventsPerBlockMax * (3 + 2 + 100 + 72) + rowBytesPerBlockMax + rowBytesMax

  /// The seekable format's own bound.
  static let seekTableEntriesMax: UInt64 = 0x800_0000

  static let tailName = "the .tail file"
  /// The live tail beside a journal.
  package static func tailPath(of journal: String) -> String { journal + ".tail" }

  static let chainDomain: [UInt8] = Array("engine journal chain 1\n".utf8)
  static let frameDomain: [UInt8] = Array("engine journal frame 1\n".utf8)
}

/// When a block is full. Stored in every block, so that a check can tell a block that was closed at the wrong place.
package struct BlockLimits: Hashable, Sendable {
  /// A block closes as soon as it holds this many events …
  package let events: Int
  /// … or its rows this many bytes.
  package let rowBytes: Int

  package static let standard = BlockLimits(events: 8192, rowBytes: 256 << 10)

  /// - Precondition: within the format's bounds.
  package init(events: Int, rowBytes: Int) {
    self.events = events
    self.rowBytes = rowBytes
  }

  func isFull(events eventCount: Int, rowBytes rowByteCount: Int) -> Bool {
    eventCount >= events || rowByteCount >= rowBytes
  }
}
