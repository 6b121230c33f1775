/// The id under which a venue knows an order: derived from the run's id and the intent's sequence alone, so that the
/// same intent has the same id after any number of restarts.
///
/// Form: `e`, the first 12 hex digits of the run id, `-`, the sequence in base 36 (lower case, no leading zeros). The longest has
/// 27 characters; venues allow 36 of `[A-Za-z0-9-_]`.
package enum ClientOrderID {
  static let runDigits = 12

  /// - Precondition: `runID` has at least six bytes.
  package static func text(runID: [UInt8], sequence: UInt64) -> String {
    prefix(runID: runID) + String(sequence, radix: 36)
  }

  /// What all ids of a run begin with, dash included.
  package static func prefix(runID: [UInt8]) -> String {
    "e" + String(Hex.text(runID).prefix(runDigits)) + "-"
  }

  /// The intent's sequence, or nil where `text` isn't the canonical spelling of an id of this run.
  package static func sequence(of text: String, runID: [UInt8]) -> UInt64? {
    let prefix = prefix(runID: runID)
    guard text.hasPrefix(prefix) else { return nil }
    let digits = text.dropFirst(prefix.count)
    guard let sequence = UInt64(digits, radix: 36), String(sequence, radix: 36) == digits else { return nil }
    return sequence
  }
}
