/// What became of bytes that somebody changed.
package enum Verdict: Equatable {
  /// An error was thrown.
  case refused
  /// They were read, and everything that must hold then does.
  case accepted
  /// Something doesn't hold: a defect of the reader, or of whoever wrote the bytes.
  case finding(String)
}
