import ArgumentParser
import Market
import Projections
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
    let heads = InstrumentCatalogue.Entry.heads
    var table = TextTable(heads.map { _ in .left })
    table.add(row: heads)
    for entry in entries { table.add(row: entry.cells) }
    return table.text
  }
}

extension InstrumentCatalogue.Entry {
  fileprivate static let heads = [
    "symbol", "list", "sector", "class", "market", "currency", "tick", "lot", "multiplier", "calendar",
  ]

  fileprivate var cells: [String] {
    let described = instrument.instrument
    return [
      described.symbol, list, described.sector, described.assetClass.word, described.venue,
      "\(described.currency)", "\(described.tickSize)", "\(described.lotSize)",
      FixedPoint.text(nanos: described.multiplierNanos), described.calendar.word,
    ]
  }

  fileprivate var json: JSONText {
    .object(zip(Self.heads, cells).map { ($0, JSONText.string($1)) })
  }
}
