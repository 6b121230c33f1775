import Market

/// Why no corporate action was imported. Nothing was written in any case.
package enum ActionError: Error, Hashable, Sendable {
  case input(ImportError)
  case formUnknown(path: String)
  /// In the order of files and lines.
  case faults([ActionFault])
  /// No file held an action.
  case nothing(paths: [String])
}

extension ActionError: CustomStringConvertible {
  package static let shownMax = 20

  /// What went wrong, where, and what to do.
  package var description: String {
    switch self {
    case .input(let error): return "\(error)"
    case .formUnknown(let path):
      return
        "\(path) begins like no source of corporate actions: say which with --form \(ActionForm.allCases.map(\.rawValue).joined(separator: ", "))"
    case .nothing(let paths): return "no corporate action in \(paths.joined(separator: ", ")): nothing to import"
    case .faults(let faults):
      var text = "\(faults.count) \(faults.count == 1 ? "fault" : "faults"); nothing was written."
      for fault in faults.prefix(ActionError.shownMax) { text += "\n  \(fault)" }
      if faults.count > ActionError.shownMax { text += "\n  … and \(faults.count - ActionError.shownMax) more" }
      return text + "\nCorrect the source; `engine help import actions` says what each holds."
    }
  }
}

extension ActionFault: CustomStringConvertible {
  /// `FILE line N: field "text" is …`.
  package var description: String {
    let place = (path == "-" ? "standard input" : path) + (line > 0 ? " line \(line)" : "")
    let named = field + (text.isEmpty ? "" : " \"\(text.prefix(80))\"")
    switch reason {
    case .missing: return "\(place): \(named) is missing"
    case .notA(let wanted): return "\(place): \(named) is no \(wanted)"
    case .unknownWord(let nearest, let known):
      return "\(place): \(named) is unknown\(ErrorText.meant(nearest)); one of \(known.joined(separator: ", "))"
    case .notOf(let type): return "\(place): \(named) doesn't belong to a \(type)"
    case .outOfOrder: return "\(place): \(named) comes after a later one: rows must be in increasing time"
    case .twice(let path, let line):
      return "\(place): \(named) is told already in \(path)\(line > 0 ? " line \(line)" : "")"
    case .unusualRatio(let next):
      return
        "\(place): \(named), then \"\(next)\", is the ratio of no small numbers: a dividend in shares, a spin-off or bad data; "
        + "--unusual-ratio stock-dividend multiplies units by it, leave-out leaves it out"
    case .sameDay:
      return
        "\(place): \(named) has a dividend and a split on one day, and nothing says which unit the dividend is of: write both into a table"
    case .impossible(let why): return "\(place): \(named) can't be: \(why)"
    }
  }
}
