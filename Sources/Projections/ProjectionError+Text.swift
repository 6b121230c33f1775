import Events
import Glibc
import Journal

/// The text of every error of this room: what was asked of what, what is wrong, and what to do.
extension ProjectionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .journal(let error):
      return error.description
    case .chain(let error):
      return error.description
    case .decode(let error, let sequence):
      return "event \(sequence) can't be read (\(error)); `engine verify` tells what is damaged"
    case .identifierUnknown(let id):
      return "\"\(id)\" is neither a sequence nor a client order id of this run;"
        + " `engine inspect --kind order_intent` lists the orders"
    case .sequenceBeyondEnd(let sequence, let eventCount):
      return "there is no event \(sequence): the journal has \(eventCount) events, numbered from 0"
    case .sequenceBeforeStart(let sequence, let path, let firstSequence):
      return
        "event \(sequence) lies before \(path), which begins at event \(firstSequence) and continues another journal;"
        + " give the run's earlier files too"
    case .output(let code):
      return "output could not be written (errno \(code): \(String(cString: strerror(code)))); check where it goes"
    case .database(let code, let message, let path):
      return "\(path): SQLite refused (\(code): \(message)); `engine runs --rebuild` makes it new from the journals"
    case .folder(let path, let code):
      return
        "\(path): can't be read or changed (errno \(code): \(String(cString: strerror(code)))); check name and permissions"
    case .databaseVersion(let found, let expected, let path):
      return "\(path): its tables are of version \(found), this program's of version \(expected);"
        + " `engine runs --rebuild` makes it new from the journals"
    case .runUnknown(let prefix):
      return "no run's id begins with \"\(prefix)\"; `engine runs` lists them"
    case .runAmbiguous(let prefix, let matches):
      return "\(matches.count) runs' ids begin with \"\(prefix)\" (\(matches.prefix(4).joined(separator: ", ")));"
        + " give more digits"
    }
  }
}
