import ArgumentParser
import Market
import Runtime

struct InstrumentsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "instruments",
    abstract: "List the catalogue of instruments that a profile can pick from.",
    discussion: """
        engine instruments
        engine instruments --list spdr
        engine instruments --sector technology

      A profile picks by symbol, list or sector: `instruments: [SPY, list:spdr, sector:technology]`. What is picked stands written out in the journal.
      """)

  @Option(help: "Only this list.") var list: String?
  @Option(help: "Only this sector.") var sector: String?
  @OptionGroup var options: OutputOptions

  func run() throws {
    let catalogue = InstrumentCatalogue.builtIn
    if let list, !catalogue.lists.contains(list) {
      throw Failure("the catalogue has no list \(list); it has \(catalogue.lists.joined(separator: ", ")).")
    }
    if let sector, !catalogue.sectors.contains(sector) {
      throw Failure("the catalogue has no sector \(sector); it has \(catalogue.sectors.joined(separator: ", ")).")
    }
    let entries = catalogue.entries.filter { entry in
      (list == nil || entry.list == list) && (sector == nil || entry.instrument.instrument.sector == sector)
    }
    switch options.format {
    case .text: StandardOutput.write(text(entries))
    case .json: StandardOutput.write(JSONText.array(entries.map(\.json)).text + "\n")
    }
  }

  private func text(_ entries: [InstrumentCatalogue.Entry]) -> String {
    let heads = ["symbol", "list", "sector", "class", "market", "currency", "tick", "lot", "multiplier", "calendar"]
    let rows = [heads] + entries.map(\.cells)
    let widths = heads.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let line = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
    }.joined()
  }
}

extension InstrumentCatalogue.Entry {
  fileprivate var cells: [String] {
    let described = instrument.instrument
    return [
      described.symbol, list, described.sector, described.assetClass.word, described.venue,
      "\(described.currency)", "\(described.tickSize)", "\(described.lotSize)",
      FixedPoint.text(nanos: described.multiplierNanos), described.calendar.word,
    ]
  }

  fileprivate var json: JSONText {
    let names = ["symbol", "list", "sector", "class", "market", "currency", "tick", "lot", "multiplier", "calendar"]
    return .object(zip(names, cells).map { ($0, JSONText.string($1)) })
  }
}
