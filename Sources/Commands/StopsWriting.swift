import ArgumentParser
import Feeds
import Journal
import Runtime

/// Whether an error is the storage's: what was acknowledged is safe, nothing was accepted since, and the same command can go on when the disk is well.
extension FileError {
  var stopsWriting: Bool {
    switch operation {
    case .write, .truncate, .reserve, .sync, .rename, .remove: true
    case .open, .create, .lock, .size, .read, .close: false
    }
  }
}

extension JournalError {
  var stopsWriting: Bool {
    switch fault {
    case .file(let error): error.stopsWriting
    case .superseded, .replaced: true
    default: false
    }
  }
}

extension RunError {
  var stopsWriting: Bool {
    switch self {
    case .journal(let error): error.stopsWriting
    case .file(let error): error.stopsWriting
    case .spaceShort: true
    default: false
    }
  }
}

extension ImportError {
  var stopsWriting: Bool {
    switch self {
    case .journal(let error): error.stopsWriting
    case .system(let failure):
      FileError.Operation(rawValue: failure.call).map {
        FileError(operation: $0, path: failure.path, code: failure.errno).stopsWriting
      } ?? false
    default: false
    }
  }
}

extension SalvageError {
  var stopsWriting: Bool {
    switch self {
    case .journal(let error): error.stopsWriting
    case .file(let error): error.stopsWriting
    case .nothingWhole, .exists: false
    }
  }
}

extension ProofError {
  var stopsWriting: Bool {
    switch self {
    case .journal(let error): error.stopsWriting
    case .file(let error): error.stopsWriting
    default: false
    }
  }
}

extension Durability: ExpressibleByArgument {}
