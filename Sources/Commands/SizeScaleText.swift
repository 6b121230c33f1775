import Core
import Market

/// Where an account stands in its drawdown schedule, as text and as JSON.
enum SizeScaleText {
  static func text(_ scale: SizeScale) -> String {
    let step =
      scale.depthMicros.map { "step \(scale.step) of \(scale.stepCount), from \(percent($0)) on" } ?? "no step holds"
    let rest = scale.scaleMicros == 0 ? "; `engine restore-size` alone trades again" : ""
    return "at \(percent(scale.scaleMicros)), \(step); drawdown \(percent(scale.drawdownMicros))\(rest)"
  }

  /// Null where the profile has no schedule.
  static func json(_ scale: SizeScale?) -> JSONText {
    guard let scale else { return .null }
    return .object([
      ("scale", .string(share(scale.scaleMicros))), ("step", .integer(Int64(scale.step))),
      ("steps", .integer(Int64(scale.stepCount))),
      ("step_from", scale.depthMicros.map { .string(share($0)) } ?? .null),
      ("drawdown", .string(share(scale.drawdownMicros))),
    ])
  }

  private static func share(_ micros: Int64) -> String { FixedPoint.text(nanos: Int128(micros) * 1_000) }
  private static func percent(_ micros: Int64) -> String { FixedPoint.text(nanos: Int128(micros) * 100_000) + " %" }
}
