package import Journal

/// What to import, as what, and where to.
package struct ImportRequest: Sendable {
  /// Files in the order of the command line; `-` is standard input.
  package var inputs: [String]
  package var specification: ImportSpecification
  /// Without a symbol column: none (the files' names tell), one for all files, or one for each file. With one: the
  /// symbols that are wanted, in the order of the instruments; none for all.
  package var symbols: [String]
  package var output: Output
  /// Whether a file that has the output's name may be replaced.
  package var replacesOutput: Bool
  package var journalOptions: JournalOptions

  package enum Output: Hashable, Sendable {
    case file(path: String)
    case standardOutput
  }

  package init(
    inputs: [String], specification: ImportSpecification, symbols: [String] = [], output: Output,
    replacesOutput: Bool = false, journalOptions: JournalOptions = JournalOptions(threads: 2)
  ) {
    self.inputs = inputs
    self.specification = specification
    self.symbols = symbols
    self.output = output
    self.replacesOutput = replacesOutput
    self.journalOptions = journalOptions
  }
}
