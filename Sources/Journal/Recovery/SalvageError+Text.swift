extension SalvageError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .journal(let error): "\(error)"
    case .file(let error): "\(error)"
    case .nothingWhole(let path):
      "\(path): not one block of it is whole, and no event in a live tail beside it, so there is nothing to save; restore the file from a copy"
    case .exists(let path): "\(path) exists already, and salvage replaces nothing; choose another name"
    }
  }
}
