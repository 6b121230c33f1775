import Events
import Foundation
import Journal
import Market
import Testing

@testable import Feeds

/// Goal: corporate actions are read exactly from what the field has, and what is wrong is named by file, line and field before anything is written.
/// Method: rows of real files with their known events (facts/corporate-actions.md §3, §4, §11), and one fault a case.
@Suite("Import of corporate actions")
struct ActionImportTests {
  /// What a text gives, an action a line.
  private func actions(
    _ text: String, name: String = "aapl.csv", unusual: UnusualRatio = .refuse, symbol: String? = nil
  ) throws -> [String] {
    let scenario = try ImportScenario()
    let path = try scenario.write(name, text)
    let report = try importActions(
      ActionRequest(
        inputs: [path], symbols: symbol.map { [$0] } ?? [], unusual: unusual,
        output: .file(path: scenario.path("actions.zst"))))
    return report.actions.map(words)
  }

  private func words(_ action: ActionTerms) -> String {
    var text = "\(action.symbol) \(action.exDate) \(action.type.word)"
    if action.numerator != 1 || action.denominator != 1 { text += " \(action.numerator):\(action.denominator)" }
    if action.cash != 0 { text += " \(FixedPoint.text(nanos: action.cash))" }
    if action.price != 0 { text += " at \(FixedPoint.text(nanos: action.price))" }
    if let other = action.other { text += " \(other)" }
    return action.newSymbol.isEmpty ? text : text + " \(action.newSymbol)"
  }

  private func problems(_ text: String, name: String = "actions.csv") throws -> String {
    let scenario = try ImportScenario()
    let path = try scenario.write(name, text)
    let output = scenario.path("out.zst")
    do throws(ActionError) {
      _ = try importActions(ActionRequest(inputs: [path], output: .file(path: output)))
      return "nothing was wrong"
    } catch {
      #expect(!FileManager.default.fileExists(atPath: output))
      return "\(error)".replacing(scenario.folder + "/", with: "")
    }
  }

  @Test("Apple's factors give 2:1, 7:1 and 4:1 and dividends to the cent")
  func apple() throws {
    let text = """
      20000620,0.8613657,0.00892857,101
      20050225,0.8613657,0.01785710,88.97
      20120808,0.8613657,0.03571430,619.86
      20140606,0.8650639,0.03571430,645.57
      20140806,0.8650639,0.25,94.97
      20200828,0.8693663,0.25,499.23
      20501231,0.8693663,1,0
      """
    #expect(
      try actions(text) == [
        "AAPL 2000-06-21 split 2:1", "AAPL 2005-02-28 split 2:1", "AAPL 2012-08-09 cash_dividend 2.65",
        "AAPL 2014-06-09 split 7:1", "AAPL 2014-08-07 cash_dividend 0.47", "AAPL 2020-08-31 split 4:1",
      ])
  }

  @Test("a reverse split is one, and a dividend of a fraction of a cent keeps it")
  func reverse() throws {
    #expect(try actions("20200428,1,8,2.24\n20501231,1,1,0", name: "uso.csv") == ["USO 2020-04-29 split 1:8"])
    // 1 - 0.0725/50 = 0.99855.
    #expect(
      try actions("20200428,0.99855,1,50\n20501231,1,1,0", name: "x.csv") == ["X 2020-04-29 cash_dividend 0.0725"])
  }

  @Test("a dividend and a split of one day come as dividend, then split: both are told of old units")
  func sameDay() throws {
    #expect(
      try actions("20200428,0.99,0.5,50\n20501231,1,1,0", name: "x.csv") == [
        "X 2020-04-29 cash_dividend 0.5", "X 2020-04-29 split 2:1",
      ])
  }

  @Test("Google's stock dividend is no split: refused by name, taken or left out where that is said")
  func google() throws {
    let text = "20150424,1,0.997307,565.06\n20501231,1,1,0"
    #expect(try problems(text, name: "goog.csv").contains("goog.csv line 1: split factor \"0.997307\", then \"1\""))
    #expect(
      try actions(text, name: "goog.csv", unusual: .stockDividend) == ["GOOG 2015-04-27 split 1000000:997307"])
    #expect(throws: ActionError.self) { try actions(text, name: "goog.csv", unusual: .leaveOut) }
  }

  @Test("a map file gives changes of symbol, the end of a listing, and the company before under the name")
  func mapFiles() throws {
    #expect(
      try actions("19980102,aol\n20031015,aol\n20180615,twx\n", name: "twx.csv") == [
        "TWX 1998-01-02 delisting_at_last", "TWX 2003-10-16 symbol_change TWX", "TWX 2018-06-16 delisting_at_last",
      ])
    #expect(try actions("20120518,fb,Q\n20501231,fb,Q", name: "fb.csv") == ["FB 2012-05-18 delisting_at_last"])
  }

  @Test("Yahoo's dividends are multiplied by the splits that came later, and none of an object's order is believed")
  func yahoo() throws {
    let text = """
      {"chart":{"result":[{"meta":{"symbol":"AAPL","gmtoffset":-14400},"events":{
       "dividends":{"1407418200":{"amount":0.1175,"date":1407418200},"1399555800":{"amount":0.1175,"date":1399555800},
        "1604673000":{"amount":0.205,"date":1604673000}},
       "splits":{"1598880600":{"date":1598880600,"numerator":4.0,"denominator":1.0,"splitRatio":"4:1"},
        "1402320600":{"date":1402320600,"numerator":7.0,"denominator":1.0,"splitRatio":"7:1"}}}}],"error":null}}
      """
    #expect(
      try actions(text, name: "chart.json") == [
        "AAPL 2014-05-08 cash_dividend 3.29", "AAPL 2014-06-09 split 7:1", "AAPL 2014-08-07 cash_dividend 0.47",
        "AAPL 2020-08-31 split 4:1", "AAPL 2020-11-06 cash_dividend 0.205",
      ])
  }

  @Test("a table gives every type")
  func table() throws {
    let text = """
      ex_date,symbol,type,ratio,cash,price,other,new_symbol
      2014-06-09,AAPL,split,7:1,,,,
      2014-08-07,AAPL,cash_dividend,,0.47,,,
      2004-11-15,MSFT,special_dividend,,3,,,
      2008-03-31,MO,spin_off,1:1,,51.25,PM,
      2018-06-15,TWX,merger,1437:1000,53.75,32.5,T,
      2016-09-07,EMC,merger,,24.05,,,
      2022-06-09,FB,symbol_change,,,,,META
      2009-06-01,GM,delisting,,0,,,
      2003-03-29,OLD,delisting_at_last,,,,,
      """
    #expect(
      try actions(text) == [
        "OLD 2003-03-29 delisting_at_last", "MSFT 2004-11-15 special_dividend 3", "MO 2008-03-31 spin_off at 51.25 PM",
        "GM 2009-06-01 delisting", "AAPL 2014-06-09 split 7:1", "AAPL 2014-08-07 cash_dividend 0.47",
        "EMC 2016-09-07 merger 0:1 24.05", "TWX 2018-06-15 merger 1437:1000 53.75 at 32.5 T",
        "FB 2022-06-09 symbol_change META",
      ])
  }

  static let faulty: [(name: String, text: String, problem: String)] = [
    ("a date", "symbol,ex_date,type,ratio\nA,09.06.2014,split,7:1", "line 2: ex_date \"09.06.2014\" is no date"),
    (
      "a day that isn't", "symbol,ex_date,type,ratio\nA,2014-02-30,split,7:1",
      "line 2: ex_date \"2014-02-30\" is no date"
    ),
    (
      "a type", "symbol,ex_date,type,ratio\nA,2014-06-09,splitt,7:1",
      "line 2: type \"splitt\" is unknown (did you mean split?)"
    ),
    ("a ratio", "symbol,ex_date,type,ratio\nA,2014-06-09,split,7", "line 2: ratio \"7\" is no ratio"),
    ("a ratio of nothing", "symbol,ex_date,type,ratio\nA,2014-06-09,split,0:1", "line 2: ratio \"0:1\" is no ratio"),
    ("no ratio", "symbol,ex_date,type,ratio\nA,2014-06-09,split,", "line 2: ratio is missing"),
    (
      "cash of a split", "symbol,ex_date,type,ratio,cash\nA,2014-06-09,split,2:1,3",
      "line 2: cash \"3\" doesn't belong to a split"
    ),
    (
      "a negative dividend", "symbol,ex_date,type,cash\nA,2014-06-09,cash_dividend,-1",
      "line 2: cash \"-1\" is no positive decimal"
    ),
    (
      "a column", "symbol,ex_date,type,ration\nA,2014-06-09,split,2:1",
      "line 1: column \"ration\" is unknown (did you mean ratio?)"
    ),
    (
      "a short row", "symbol,ex_date,type,ratio\nA,2014-06-09,split",
      "line 2: row \"A,2014-06-09,split\" is no row of 4 columns"
    ),
    (
      "the same twice", "symbol,ex_date,type,ratio\nA,2014-06-09,split,2:1\nA,2014-06-09,split,2:1",
      "line 3: type \"split of 2014-06-09\" is told already in actions.csv line 2"
    ),
    (
      "units of nothing", "symbol,ex_date,type,ratio,cash\nA,2014-06-09,merger,2:1,",
      "line 2: other can't be: units of nothing"
    ),
    ("factors out of order", "20200428,1,8,2\n20200428,1,1,0", "line 2: date \"20200428\" comes after a later one"),
    ("a factor", "20200428,1,x,2\n20501231,1,1,0", "line 1: split factor \"x\" is no positive decimal"),
    (
      "a dividend without a price", "20200428,0.9,1,0\n20501231,1,1,0",
      "line 1: reference price can't be: a dividend needs"
    ),
    ("a factor that falls", "20200428,1,1,5\n20501231,0.9,1,0", "line 1: price factor can't be: it falls"),
    ("JSON that is cut", "{\"chart\":", "document is no JSON text"),
    ("JSON of something else", "{\"chart\":{\"result\":[]}}", "chart.result is missing"),
    (
      "a dividend and a split of one day",
      "{\"chart\":{\"result\":[{\"meta\":{\"symbol\":\"A\",\"gmtoffset\":0},\"events\":{\"dividends\":{\"1\":{\"amount\":1,\"date\":1402320600}},\"splits\":{\"1\":{\"date\":1402320600,\"numerator\":2,\"denominator\":1}}}}]}}",
      "has a dividend and a split on one day"
    ),
    ("something else", "hello\nworld", "begins like no source of corporate actions"),
  ]

  @Test("what is wrong is named by file, line and field, and nothing is written", arguments: faulty)
  func faults(_ scenario: (name: String, text: String, problem: String)) throws {
    let found = try problems(scenario.text)
    #expect(found.contains(scenario.problem), "\(found)")
    #expect(found.contains("actions.csv"))
  }

  @Test("an ex-date begins at midnight in New York, in winter and in summer")
  func times() throws {
    let scenario = try ImportScenario()
    let path = try scenario.write(
      "a.csv", "symbol,ex_date,type,cash\nA,2014-06-09,cash_dividend,1\nA,2014-12-09,cash_dividend,1")
    let output = scenario.path("actions.zst")
    _ = try importActions(ActionRequest(inputs: [path], output: .file(path: output)))
    var reader = try ChainReader(file: try PosixFile.open(path: output, writable: false))
    var times: [String] = []
    while let event = try reader.next() {
      if event.kind == CorporateAction.kind { times.append("\(event.time)") }
    }
    #expect(times == ["2014-06-09T04:00:00Z", "2014-12-09T05:00:00Z"])
  }

  @Test("every factor file of the shared data is read; the only ratio in question is Google's")
  func sharedFiles() throws {
    let folder = "../shared/data/us-equity/factors"
    for name in ["aapl", "bac", "eem", "ibm", "iwm", "qqq", "spy", "uso"] {
      let scenario = try ImportScenario()
      let report = try importActions(
        ActionRequest(inputs: ["\(folder)/\(name).csv"], output: .file(path: scenario.path("out.zst"))))
      #expect(report.leftOut.isEmpty)
      #expect(report.actions.allSatisfy { $0.type != .cashDividend || $0.cash > 0 })
    }
    #expect(try problems(try String(contentsOfFile: "\(folder)/goog.csv", encoding: .utf8)).contains("0.997307"))
  }
}
