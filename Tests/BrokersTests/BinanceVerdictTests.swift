import Testing

@testable import Brokers

/// Every row of binance.md §2 and §12.
@Suite struct BinanceVerdictTests {
  @Test(
    "reads each code of the documents as they say",
    arguments: [
      (-1000, .unknown), (-1001, .unknown), (-1002, .fault), (-1003, .wait), (-1006, .unknown), (-1007, .unknown),
      (-1008, .unknown), (-1013, .refused), (-1014, .refused), (-1015, .wait), (-1016, .fault), (-1020, .fault),
      (-1021, .clock), (-1022, .fault), (-1034, .wait), (-1100, .fault), (-1101, .fault), (-1102, .fault),
      (-1103, .fault), (-1104, .fault), (-1105, .fault), (-1106, .fault), (-1108, .fault), (-1111, .fault),
      (-1112, .refused), (-1114, .fault), (-1115, .fault), (-1116, .fault), (-1117, .fault), (-1120, .fault),
      (-1121, .fault), (-1122, .fault), (-1127, .fault), (-1128, .fault), (-1130, .fault), (-1145, .fault),
      (-2010, .refused), (-2011, .unknown), (-2013, .notFound), (-2014, .fault), (-2015, .fault), (-2021, .unknown),
      (-2022, .unknown), (-2026, .archived), (-2038, .unknown), (-2039, .unknown), (-9999, .refused),
    ] as [(Int, BinanceVerdict)])
  func codes(code: Int, verdict: BinanceVerdict) {
    #expect(BinanceVerdict.of(status: 400, code: code, text: "") == verdict)
  }

  @Test("takes \"you sent that already\" for a reason to look, and other refusals of the engine for refusals")
  func duplicates() {
    #expect(BinanceVerdict.of(status: 400, code: -2010, text: "Duplicate order sent.") == .unknown)
    for text in [
      "Account has insufficient balance for requested action.", "Market is closed.",
      "Order would immediately match and take.", "This action is disabled on this account.",
    ] {
      #expect(BinanceVerdict.of(status: 400, code: -2010, text: text) == .refused)
    }
    #expect(BinanceVerdict.of(status: 400, code: -2010, text: "Order would trigger immediately.") == .wouldTrigger)
  }

  @Test("never takes a 5xx for a refusal, whatever its body says")
  func serverErrors() {
    for status in [500, 502, 503, 504] {
      for code in [nil, -1013, -2010, -2013, -1021, -1003, -9999] {
        #expect(BinanceVerdict.of(status: status, code: code, text: "") == .unknown)
      }
    }
  }

  @Test(
    "judges what has no code by its status alone",
    arguments: [
      (403, .wait), (418, .wait), (429, .wait), (409, .unknown), (404, .unknown), (408, .unknown), (0, .unknown),
    ]
      as [(Int, BinanceVerdict)])
  func statuses(status: Int, verdict: BinanceVerdict) {
    #expect(BinanceVerdict.of(status: status, code: nil, text: "") == verdict)
    #expect(BinanceVerdict.of(status: 200, code: nil, text: "") == .done)
  }

  @Test("waits for an unknown code that comes with a rate limit's status")
  func unknownCodes() {
    #expect(BinanceVerdict.of(status: 429, code: -9999, text: "") == .wait)
    #expect(BinanceVerdict.of(status: 418, code: -9999, text: "") == .wait)
    #expect(BinanceVerdict.of(status: 409, code: -9999, text: "") == .unknown)
  }
}
