import Core
import Foundation
import Runtime
import Strategies
import Testing

/// Goal: one meaning has one canonical text, and that text alone, as it stands in a journal, gives the profile back.
///
/// Method: random profiles are written as YAML in two random styles each: order of keys, block or flow, quotes, underscores, zeros
/// behind the point, `%` or `bp`, defaults written or left out.
@Suite("The canonical profile")
struct ProfileCanonicalTests {
  @Test("has every default filled in, sorted keys and no blanks between them")
  func text() throws {
    let profile = try Profile.parse(
      yaml: ProfileSample.text, file: "p.yaml", catalog: try ProfileSample.catalog())
    #expect(
      profile.canonicalText == """
        {"cash":100000,"currency":"USD","end":"2013-01-01","execution":{"limit_offset_ticks":0,"order":"market",\
        "stop_offset_ticks":0,"time_in_force":"day"},"exits":{"stop_loss":"2 %"},"fills":{"fees":"none","slippage":"none",\
        "volume_share":"10 %"},"lots":"average","name":"sample","risk":{"allow_short":false,"min_confidence":0,\
        "require_cash":true},"sizing":{"shares":100},"start":"2004-01-01","strategies":[{"probe":{"count":10,"eager":false,\
        "level":0.5,"side":"both"}}],"universe":["AAPL","MSFT"]}
        """)
  }

  @Test("holds at which pair's price fees in other assets are booked, and whether it is traded, and reads that back")
  func feeRates() throws {
    let catalog = try ProfileSample.catalog()
    func parse(_ rates: String, venue: String = "binance") throws -> Profile {
      try Profile.parse(
        yaml: ProfileSample.text + "\nvenue: {name: \(venue), fees_in: \(rates)}\n", file: "p.yaml", catalog: catalog)
    }
    for (rates, canonical, universe) in [
      ("{BNB: BNBUSD}", #"{"BNB":{"rate":"BNBUSD","trade":false}}"#, ["AAPL", "MSFT", "BNBUSD"]),
      ("{BNB: {rate: BNBUSD, trade: true}}", #"{"BNB":{"rate":"BNBUSD","trade":true}}"#, ["AAPL", "MSFT", "BNBUSD"]),
      (
        "{Z: AAPL, BNB: {rate: MSFT, trade: false}}",
        #"{"BNB":{"rate":"MSFT","trade":false},"Z":{"rate":"AAPL","trade":true}}"#, ["AAPL", "MSFT"]
      ),
    ] {
      let profile = try parse(rates)
      let section = #""venue":{"fees_in":\#(canonical),"name":"binance"}"#
      #expect(profile.canonicalText.contains(section), "\(profile.canonicalText)")
      #expect(profile.universe == .symbols(universe))
      let again = try Profile.parse(yaml: profile.canonicalText, file: "canonical", catalog: catalog)
      #expect(again.configuration == profile.configuration && again.canonicalText == profile.canonicalText)
    }
    for wrong in ["{BNB: }", "{BNB: {trade: true}}", "BNB", "{BNB: {rate: X, of: Y}}"] {
      #expect(throws: ProfileError.self, "\(wrong)") { try parse(wrong) }
    }
    #expect(throws: ProfileError.self) { try parse("{BNB: BNBUSD}", venue: "paper") }
    #expect(throws: ProfileError.self) { try parse("{A: {rate: AAPL, trade: false}, M: {rate: MSFT, trade: false}}") }
  }

  @Test("holds the least worth of a real venue's orders, and reads it back")
  func leastOrder() throws {
    let catalog = try ProfileSample.catalog()
    func parse(_ venue: String) throws -> Profile {
      try Profile.parse(
        yaml: ProfileSample.text + "\nvenue: \(venue)\n", file: "p.yaml", catalog: catalog)
    }
    let profile = try parse("{name: binance, min_notional: 5.5}")
    #expect(profile.configuration.minNotional == 5_500_000_000)
    #expect(
      profile.canonicalText.contains(#""venue":{"min_notional":5.5,"name":"binance"}"#), "\(profile.canonicalText)")
    let again = try Profile.parse(yaml: profile.canonicalText, file: "canonical", catalog: catalog)
    #expect(again.configuration == profile.configuration && again.canonicalText == profile.canonicalText)
    #expect(try parse("{name: binance}").configuration.minNotional == nil)
    for wrong in ["{name: paper, min_notional: 5}", "{name: binance, min_notional: -1}"] {
      #expect(throws: ProfileError.self, "\(wrong)") { try parse(wrong) }
    }
  }

  @Test("is named by its SHA-256")
  func digest() throws {
    let profile = try Profile.parse(
      yaml: ProfileSample.text, file: "p.yaml", catalog: try ProfileSample.catalog())
    let hex = profile.digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    #expect(hex == "cf2bc75111c85c0fd7f1f629d803b47cbcdff40003010233008fc835412da42c")
  }

  @Test("leaves out what changes no decision")
  func omissions() throws {
    let catalog = try ProfileSample.catalog()
    let plain = try Profile.parse(yaml: ProfileSample.text, file: "p.yaml", catalog: catalog)
    let yaml =
      ProfileSample.lines.dropLast().joined(separator: "\n")
      + "\nbars: x.zst\nsnapshots: {every_events: 10}\njournal: {threads: 2, level: 19}\n"
    let other = try Profile.parse(yaml: yaml, file: "p.yaml", catalog: catalog)
    #expect(other.barsPath == "x.zst")
    #expect(other.snapshotEvents == 10)
    #expect((other.threads, other.level) == (2, 19))
    #expect(other.canonicalText == plain.canonicalText)
    #expect(other.digest == plain.digest)
  }

  @Test("follows anchors, and holds words that YAML takes for something else")
  func anchorsAndWords() throws {
    let yaml = ProfileSample.text.replacing("cash: 100_000", with: "cash: &size 100")
      .replacing("[AAPL, MSFT]", with: "[NO, on, 7203, 'null', \"a\\u2028b#:,\"]")
      .replacing("shares: 100", with: "shares: *size")
    let catalog = try ProfileSample.catalog()
    #expect(throws: ProfileError.self) { try Profile.parse(yaml: yaml, file: "p.yaml", catalog: catalog) }
    let right = yaml.replacing("\\u2028", with: "é😀\\\\\\\"")
    let profile = try Profile.parse(yaml: right, file: "p.yaml", catalog: catalog)
    #expect(profile.universe == .symbols(["NO", "on", "7203", "null", "aé😀\\\"b#:,"]))
    #expect(profile.configuration.initialCash == 100_000_000_000)
    let again = try Profile.parse(yaml: profile.canonicalText, file: "journal", catalog: catalog)
    #expect(again.universe == profile.universe)
    #expect(again.canonicalText == profile.canonicalText)
  }

  @Test("is the same for all ways to write one meaning, and reads back as the same profile", arguments: 0..<20)
  func roundTrip(_ seed: UInt64) throws {
    let catalog = try ProfileSample.catalog()
    var random = ProfileRandom(seed: seed)
    for _ in 0..<20 {
      let meaning = ProfileMeaning(&random)
      let first = meaning.yaml(&random)
      let second = meaning.yaml(&random)
      let profile = try Profile.parse(yaml: first, file: "first.yaml", catalog: catalog)
      let other = try Profile.parse(yaml: second, file: "second.yaml", catalog: catalog)
      #expect(profile == other, "seed \(seed)\n\(first)\n\(second)")
      let again = try Profile.parse(yaml: profile.canonicalText, file: "journal", catalog: catalog)
      #expect(again == profile, "seed \(seed)\n\(first)\n\(profile.canonicalText)")
    }
  }

  @Test("is refused or read, never a trap, whatever bytes a profile has", arguments: 0..<20)
  func anyBytes(_ seed: UInt64) throws {
    let catalog = try ProfileSample.catalog()
    var random = ProfileRandom(seed: seed)
    let alphabet = Array("{}[]:,-#&*!|>'\"%@`?\n\t 0a~\u{85}é<.\\_".unicodeScalars)
    for _ in 0..<60 {
      var scalars = Array(ProfileSample.text.unicodeScalars)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<scalars.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: scalars[place] = alphabet.randomElement(using: &random) ?? " "
        case 1: scalars.insert(alphabet.randomElement(using: &random) ?? " ", at: place)
        default: scalars.removeSubrange(place..<min(scalars.count, place + Int.random(in: 1...30, using: &random)))
        }
      }
      let yaml = String(String.UnicodeScalarView(scalars))
      do throws(ProfileError) {
        let profile = try Profile.parse(yaml: yaml, file: "p.yaml", catalog: catalog)
        let again = try Profile.parse(yaml: profile.canonicalText, file: "journal", catalog: catalog)
        #expect(again.canonicalText == profile.canonicalText, "seed \(seed)\n\(yaml)")
      } catch {
        #expect(error.file == "p.yaml", "seed \(seed): the canonical text is refused\n\(yaml)\n\(error)")
        #expect(!error.problems.isEmpty)
      }
    }
  }
}
