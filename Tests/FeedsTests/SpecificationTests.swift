import Feeds
import Foundation
import Market
import Testing

/// Specifications: those that come along, and every way to get one wrong, all faults at once.
@Suite struct SpecificationTests {
  @Test("compiles in what lies in config/specs, byte for byte", arguments: ImportSpecification.builtInNames)
  func builtIn(name: String) throws {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let path = root.appendingPathComponent("config/specs/\(name).yaml").path
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(ImportSpecification.builtInText(name) == text)
    #expect(try ImportSpecification.named(path).canonicalText == (try ImportSpecification.named(name).canonicalText))
  }

  @Test("keeps the canonical form of a specification: a journal's identity depends on it")
  func canonical() throws {
    #expect(
      try ImportSpecification.named("lean-daily").canonicalText == """
        {"asset_class":"equity","bad_rows":"refuse","bar_length":"session","calendar":"xnys","columns":{"close":5,\
        "high":3,"low":4,"open":2,"time":1,"volume":6},"currency":"USD","delimiter":",","excess_decimals":"refuse",\
        "header":false,"lot_size":"1","missing_volume":"zero","price_decimals":4,"symbol_from":"file_name",\
        "tick_size":"0.01","time_format":"yyyyMMdd HH:mm","time_is":"open","venue":"","zone":"America/New_York"}
        """)
  }

  @Test("takes a day of a market with hours as its session")
  func dayIsSession() throws {
    let day = try ImportSpecification.named("lean-daily", settings: [("bar_length", "1d")])
    #expect(day.barLength == .session)
    #expect(
      try ImportSpecification.named("ohlcv", settings: [("bar_length", "1d")]).barLength == .nanos(86_400_000_000_000))
  }

  @Test("lists all faults of a specification at once, with line, column and the nearest right name")
  func faults() throws {
    let yaml = """
      header: maybe
      delimitor: ","
      columns: { time: 1, open: 2, high: 2, low: 4, colse: 5 }
      time_format: yyyyMMdd HH:mn
      zone: America/New_Yrok
      price_decimals: 12
      bar_length: 1x
      calendar: xnsy
      asset_class: equity
      currency: usd
      tick_size: 0
      """
    let text = """
      mine.yaml: 13 faults in the specification:
        line 1, column 1: lot_size is missing
        line 1, column 9: header: "maybe" is not yes or no
        line 2, column 1: unknown key delimitor (did you mean delimiter?)
        line 3, column 10: columns.close is missing
        line 3, column 36: column 2 is both open and high
        line 3, column 47: unknown key colse (did you mean close?)
        line 4, column 14: time_format: "yyyyMMdd HH:mn" is unknown (did you mean yyyyMMdd HH:mm?); one of \
      yyyyMMdd HH:mm, yyyyMMdd, yyyy-MM-dd, yyyy-MM-dd HH:mm:ss, iso, M/d/yyyy, M/d/yyyy HH:mm, HH:mm:ss, \
      milliseconds-of-day, epoch-seconds, epoch-milliseconds, epoch-microseconds, epoch-nanoseconds
        line 5, column 7: zone: "America/New_Yrok" is unknown (did you mean America/New_York?); one of UTC, America/New_York
        line 6, column 17: price_decimals: "12" is not a whole number from 0 to 9
        line 7, column 13: bar_length: "1x" is not session, or a count and a unit such as 1m, 4h, 1d
        line 8, column 11: calendar: "xnsy" is unknown (did you mean xnys?); one of always, xnys, cme_fx, fx
        line 10, column 11: currency: "usd" is not a code such as USD
        line 11, column 12: tick_size: "0" is not a positive number with at most nine decimals
      Correct them; config/specs has examples.
      """
    #expect(refusal(yaml) == text)
  }

  @Test(
    "refuses values that contradict each other",
    arguments: [
      ("time_format: HH:mm:ss", "bar_length: session", "bar_length: session needs a time_format with a date"),
      ("time_format: yyyyMMdd", "bar_length: 1m", "bars shorter than a day need a time_format with a time of day"),
      ("time_format: iso", "date_format: yyyyMMdd", "date_format needs columns.date"),
    ])
  func contradictions(first: String, second: String, fault: String) throws {
    var yaml = "columns: {time: t, open: o, high: h, low: l, close: c}\n"
    yaml += "zone: UTC\ncalendar: always\nasset_class: crypto\ncurrency: USD\ntick_size: 1\nlot_size: 1\n"
    yaml += first + "\n" + second + "\n" + (second.hasPrefix("bar") ? "" : "bar_length: 1m\n")
    #expect(try #require(refusal(yaml)).contains(fault))
  }

  @Test("says where a text stops being YAML, and what a name might have meant")
  func notYAML() throws {
    #expect(try #require(refusal("columns: {time: 1")).contains("not YAML: "))
    #expect(try #require(refusal("zone: UTC\nzone: UTC\n")).contains("zone"))
    #expect(
      refusal("")
        == "mine.yaml: 1 fault in the specification:\n  line 1, column 1: keys and values are due\nCorrect them; config/specs has examples."
    )
    #expect(
      unknownName("lean-dayly")
        == "there is no specification lean-dayly (did you mean lean-daily?); known are lean-daily, "
        + "lean-minute, lean-crypto-minute, yahoo, bokeh-stocks, ohlcv, or name a YAML file")
  }

  private func unknownName(_ name: String) -> String? {
    do throws(ImportError) {
      _ = try ImportSpecification.named(name)
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func refusal(_ yaml: String) -> String? {
    do throws(ImportError) {
      _ = try ImportSpecification.parse(yaml, name: "mine.yaml")
      return nil
    } catch {
      return "\(error)"
    }
  }
}
