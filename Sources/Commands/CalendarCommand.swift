import ArgumentParser
import Foundation
import Market

struct CalendarCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calendar",
    abstract: "Print the sessions of a trading calendar, or what its market does at an instant.",
    discussion: """
        engine calendar xnys --from 2025-11-24 --to 2025-12-05
        engine calendar cme_fx --at 2025-11-30T23:30:00Z
        engine calendar fx --from 1990-01-01 --to 2030-12-31 --format json

      xnys: US stocks (xnas is the same), cme_fx: CME's currency futures, fx: spot currencies, always: crypto. Times are UTC. \
      A session belongs to its trade date, and a day order lapses at its close. JSON is one object a line.
      """)

  @Argument(
    help: "A calendar: xnys, xnas, cme_fx, fx, always.", completion: .list(CalendarName.allCases.map(\.word)),
    transform: CalendarArguments.name)
  var name: CalendarName
  @Option(help: "The first trade date. Default: today's date in UTC.", transform: CalendarArguments.date)
  var from: CivilDate?
  @Option(help: "The last trade date. Default: two weeks after the first.", transform: CalendarArguments.date)
  var to: CivilDate?
  @Option(
    help: "Instead of sessions, what the market does at this instant, such as 2025-11-28T18:00:00Z.",
    transform: CalendarArguments.instant)
  var at: Timestamp?
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if at != nil && (from != nil || to != nil) {
      throw ValidationError("--at asks for one instant: leave --from and --to out.")
    }
    if let from, let to, to < from { throw ValidationError("--to \(to) lies before --from \(from).") }
  }

  func run() throws {
    let calendar = TradingCalendar(name)
    if let at {
      let answer = MarketMoment(calendar, at)
      StandardOutput.write(output.format == .text ? answer.text : answer.json.text + "\n")
      return
    }
    let first = from ?? Timestamp(nanos: Int64(Date().timeIntervalSince1970) * Timestamp.nanosPerSecond).utcDate
    let last = to ?? CivilDate(daysSinceEpoch: min(first.daysSinceEpoch + 14, CalendarCommand.lastDay))
    var out = output.format == .text ? SessionLine.header : ""
    for day in first.daysSinceEpoch...max(last.daysSinceEpoch, first.daysSinceEpoch) {
      let date = CivilDate(daysSinceEpoch: day)
      if let trading = calendar.tradingDay(on: date) {
        let line = SessionLine(calendar, trading)
        out += output.format == .text ? line.text : line.json.text + "\n"
      } else if output.format == .text, let reason = calendar.remark(on: date) {
        out += "\(date) \(date.weekday.shortName)  closed: \(reason)\n"
      }
      // Pieces of this size keep forty years of lines from standing in memory at once.
      if out.utf8.count > 1 << 16 {
        StandardOutput.write(out)
        out = ""
      }
    }
    StandardOutput.write(out)
  }

  /// 9999-12-31.
  private static let lastDay: Int64 = 2_932_896
}

/// How this command reads its words. Texts of what is wrong follow on the option's name.
private enum CalendarArguments {
  static func name(_ text: String) throws -> CalendarName {
    if let name = CalendarName(word: text) { return name }
    let known = CalendarName.allCases.map(\.word).joined(separator: ", ")
    throw ValidationError("no calendar has this name; there are \(known).")
  }

  static func date(_ text: String) throws -> CivilDate {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard text.utf8.count == 10, parts.count == 3, let year = Int(parts[0]), let month = Int(parts[1]),
      let day = Int(parts[2]), let date = CivilDate(year: year, month: month, day: day)
    else { throw ValidationError("write a date as 2025-11-28.") }
    return date
  }

  static func instant(_ text: String) throws -> Timestamp {
    do throws(TimestampError) {
      return try Timestamp(text)
    } catch {
      throw ValidationError("write an instant as 2025-11-28T18:00:00Z, or with an offset in place of Z.")
    }
  }
}
