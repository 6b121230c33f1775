package import Events
import Market

/// What a person, a file or a signal tells a run while it runs.
package enum ControlRequest: Hashable, Sendable {
  case kill(KillSwitch)
  case command(OperatorCommand)
  /// Asks how the run stands; changes nothing.
  case status
  /// Asks how run and venue compare: they are compared anew.
  case reconcile
  /// Ends a run at a live feed in good order; why.
  case stop(String)
  /// The same, because the process was sent a signal: its name. Nobody says so on the control socket.
  case terminate(String)

  /// The word that asks for it on the control socket.
  package var word: String {
    switch self {
    case .kill: "kill"
    case .command(let command): ControlRequest.word(of: command.command)
    case .status: "status"
    case .reconcile: "reconcile"
    case .stop, .terminate: "stop"
    }
  }

  /// As events spell it, but with `-`: `reduce-only`.
  package static func word(of command: OperatorCommandType) -> String {
    String(command.word.map { $0 == "_" ? "-" : $0 })
  }

  /// Bytes of a line with its end, at most.
  package static let lineBytesMax = 4_096

  /// Why a line is no request.
  package enum LineError: Error, Hashable, Sendable {
    case notText
    case unknownWord(String)
    case reasonMissing(word: String)
    case reasonUnwanted(word: String)
  }

  /// Reads one line of the control socket, without its end: a word and, behind a blank, a reason.
  ///
  /// A kill and a stop need no reason, because whoever needs one quickly has no time for it; `status` and `reconcile` take none; all else needs one.
  package init(line: [UInt8]) throws(LineError) {
    guard let text = String(validating: line, as: UTF8.self),
      text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 })
    else { throw .notText }
    let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    let word = String(parts[0])
    let reason = parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
    switch word {
    case "kill": self = .kill(KillSwitch(source: .command, reason: reason))
    case "status", "reconcile":
      guard reason.isEmpty else { throw .reasonUnwanted(word: word) }
      self = word == "status" ? .status : .reconcile
    case "stop": self = .stop(reason)
    default:
      guard let type = OperatorCommandType.allCases.first(where: { ControlRequest.word(of: $0) == word }) else {
        throw .unknownWord(String(word.prefix(40)))
      }
      guard !reason.isEmpty else { throw .reasonMissing(word: word) }
      self = .command(OperatorCommand(command: type, reason: reason))
    }
  }

  /// The line that asks for it, with its end; control characters of a reason become blanks, and what is longer than a line may be is cut off.
  package var line: [UInt8] {
    let reason =
      switch self {
      case .kill(let kill): kill.reason
      case .command(let command): command.reason
      case .stop(let reason), .terminate(let reason): reason
      case .status, .reconcile: ""
      }
    var text = word + (reason.isEmpty ? "" : " ")
    for scalar in reason.unicodeScalars {
      let shown = scalar.value < 32 || scalar.value == 127 ? " " : scalar
      if text.utf8.count + UTF8.width(shown) >= ControlRequest.lineBytesMax { break }
      text.unicodeScalars.append(shown)
    }
    return Array(text.utf8) + [UInt8(ascii: "\n")]
  }
}

extension ControlRequest.LineError {
  /// What is wrong and what to do, for whoever sent the line.
  package var text: String {
    switch self {
    case .notText: "the line is no UTF-8 text, or has control characters in it"
    case .unknownWord(let word):
      "\"\(word)\" is no request; there are kill, status, reconcile, stop and "
        + OperatorCommandType.allCases.map(ControlRequest.word).joined(separator: ", ")
    case .reasonMissing(let word): "\(word) needs a reason behind it: \(word) REASON"
    case .reasonUnwanted(let word): "\(word) stands alone"
    }
  }
}
