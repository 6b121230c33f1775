/// How far an import is. Every file is read twice: for its digest, then for its bars.
package struct ImportProgress: Hashable, Sendable {
  package let bytesRead: UInt64
  /// Nil while the size of a stream isn't known.
  package let bytesTotal: UInt64?
}

/// Counts bytes and reports after each piece.
final class ProgressMeter {
  private let report: ((ImportProgress) -> Void)?
  private var bytesRead: UInt64 = 0
  var bytesTotal: UInt64?

  init(_ report: ((ImportProgress) -> Void)?) { self.report = report }

  func add(_ byteCount: Int) {
    bytesRead += UInt64(byteCount)
    report?(ImportProgress(bytesRead: bytesRead, bytesTotal: bytesTotal))
  }
}
