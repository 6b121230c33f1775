/// Why a run can't be watched or told anything.
package enum ControlError: Error, Hashable, Sendable {
  /// A system call that should not fail did.
  case system(call: String, path: String, code: Int32)
  /// Whether the kill file is there can't be told.
  case killFileHidden(path: String, code: Int32)
  /// `KILL_SWITCH` is neither 1 nor off.
  case environmentUnclear(value: String)
  /// The socket's name is longer than a socket's name may be.
  case nameTooLong(path: String, bytes: Int, bytesMax: Int)
  /// Another process answers at the socket.
  case inUse(path: String)
  /// Something stands at the socket's path that is none.
  case notSocket(path: String)
  /// No process answers at the socket.
  case nobodyListens(path: String)
  /// The process that answers belongs to somebody else.
  case otherUser(path: String, user: UInt32)
  /// The run did not answer in time, or what it answered is no line.
  case noAnswer(path: String, seconds: Int)
}
