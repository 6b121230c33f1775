/// Rows of text in aligned columns, two blanks apart.
package struct TextTable {
  package enum Alignment {
    case left
    case right
  }

  private let alignments: [Alignment]
  private var rows: [[String]] = []
  private let indent: String

  package init(_ alignments: [Alignment], indent: String = "") {
    self.alignments = alignments
    self.indent = indent
  }

  package mutating func add(_ cells: String...) { rows.append(cells) }

  package mutating func add(row cells: [String]) { rows.append(cells) }

  /// The table with a line end behind each row and no blanks at line ends.
  package var text: String {
    let widths = alignments.indices.map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    var out = ""
    for row in rows {
      var line = indent
      for (column, cell) in row.enumerated() {
        if column > 0 { line += "  " }
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += alignments[column] == .left ? cell + padding : padding + cell
      }
      while line.last == " " { line.removeLast() }
      out += line + "\n"
    }
    return out
  }
}
