import ArgumentParser
import Market
import Projections
import Runtime

/// What a profile is to be used for.
enum ProfilePurpose: String, CaseIterable, ExpressibleByArgument {
  case backtest
  case paper
  case live
}

/// What `profile check` says about a right profile.
struct ProfileReport {
  let profile: Profile
  /// What is missing, and must not be.
  let refusals: [LimitGap]
  /// What is missing, and may be.
  let warnings: [LimitGap]
  /// What a real venue can't do of it; asked for live runs alone.
  let gaps: [VenueGap]

  init(profile: Profile, purpose: ProfilePurpose) {
    self.profile = profile
    let refusals = purpose == .live ? LiveReadiness.refusals(of: profile) : []
    self.refusals = refusals
    gaps = purpose == .live ? profile.venueGaps : []
    warnings = profile.limitGaps.filter { !refusals.contains($0) }
  }

  var text: String {
    var text = """
      profile   \(profile.name)
      sha256    \(Hex.text(profile.digest))
      canonical \(profile.canonicalText)

      """
    text += section("sizing", profile.sizingInWords)
    text += section("limits in force", profile.limitsInForce.map { "\($0.scope): \($0.text)" })
    text += section("paper and live", profile.liveInWords)
    text += section("warnings", warnings.map { "\($0)" })
    return text
  }

  private func section(_ title: String, _ lines: [String]) -> String {
    lines.isEmpty ? "" : "\n\(title)\n" + lines.map { "  \($0)\n" }.joined()
  }

  var json: JSONText {
    .object([
      ("name", .string(profile.name)), ("sha256", .string(Hex.text(profile.digest))),
      ("canonical", .string(profile.canonicalText)),
      ("sizing", .array(profile.sizingInWords.map { .string($0) })),
      (
        "limits",
        .array(
          profile.limitsInForce.map {
            .object([("scope", .string($0.scope)), ("limit", .string($0.key)), ("text", .string($0.text))])
          })
      ),
      ("live", .array(profile.liveInWords.map { .string($0) })),
      ("warnings", .array(warnings.map(json))),
      ("refusals", .array(refusals.map(json) + gaps.map { .object([("text", .string("\($0)"))]) })),
    ])
  }

  private func json(_ gap: LimitGap) -> JSONText {
    .object([
      ("missing", .string(gap.missing.rawValue)), ("symbols", .array(gap.symbols.map { .string($0) })),
      ("text", .string("\(gap)")),
    ])
  }
}
