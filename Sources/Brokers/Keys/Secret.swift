/// Text that nobody may see: no description, no reflection and no error shows it, and its memory is overwritten when it goes.
///
/// Whatever is made of it is beyond its reach: a request's bytes are short-lived, and the state in which an HMAC begins, as secret as the key, is never text.
public final class Secret: Sendable {
  /// Written in `init` and overwritten in `deinit` alone, so any thread may read it.
  private nonisolated(unsafe) let bytes: UnsafeMutableBufferPointer<UInt8>

  public init(_ content: some Collection<UInt8>) {
    bytes = .allocate(capacity: content.count)
    _ = bytes.initialize(from: content)
  }

  public convenience init(_ text: String) { self.init(text.utf8) }

  deinit {
    // Through a volatile-like path: a plain loop over memory that is freed next may be left out by the optimiser.
    Self.wipe(bytes)
    bytes.deallocate()
  }

  @inline(never)
  private static func wipe(_ bytes: UnsafeMutableBufferPointer<UInt8>) {
    for index in bytes.indices { bytes[index] = 0 }
    withExtendedLifetime(bytes) {}
  }

  public var isEmpty: Bool { bytes.isEmpty }
  public var byteCount: Int { bytes.count }

  /// The content, for the one call that needs it.
  func reveal<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    body(UnsafeBufferPointer(bytes))
  }

  func revealedText() -> String { reveal { String(decoding: $0, as: UTF8.self) } }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "(secret)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
