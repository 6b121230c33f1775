package import Events
import Market

/// How much of the usual size is traded while equity is below its peak: a staircase down that is climbed again only after a recovery.
///
/// Cutting size with drawdown: Grossman and Zhou, "Optimal Investment Strategies for Controlling Drawdowns", Mathematical Finance 3 (1993), in steps.
/// A step holds from the instant its drawdown is reached. It is left for the one above when the drawdown has come back to within
/// `recoveryMicros` of the step's own (with 500,000, a step at −10 % is left at −5 %), so that equity at the edge does not switch size
/// bar after bar. A step that trades nothing is in practice left by `restart(equity:)` alone: without positions nothing recovers.
///
/// Integers throughout: (peak − equity) × 10⁶ is compared with step × peak.
package struct DrawdownSchedule: Sendable {
  package struct Step: BitwiseCopyable, Hashable, Sendable {
    /// Drawdown from the peak in millionths at which the step begins; 50,000 is −5 %.
    package let drawdownMicros: Int64
    /// What sizes are multiplied by from there on, in millionths.
    package let scaleMicros: Int64
    package init(drawdownMicros: Int64, scaleMicros: Int64) {
      self.drawdownMicros = drawdownMicros
      self.scaleMicros = scaleMicros
    }
  }

  /// From the shallowest on.
  package let steps: [Step]
  package let recoveryMicros: Int64
  /// The highest equity so far, in nanos of currency; nil before the first.
  package private(set) var peak: Int128?
  /// Steps that hold: 0 is none, `steps.count` the deepest.
  package private(set) var level = 0

  /// - Parameters:
  ///   - steps: at most 32, with drawdowns of 1 … 1,000,000 that grow and scales of 0 … 1,000,000 that fall.
  ///   - recoveryMicros: 0 … 1,000,000; 0 leaves a step at a new peak alone, 1,000,000 as soon as it is no longer reached.
  package init(steps: [Step], recoveryMicros: Int64) throws(StatisticsError) {
    try Setting.require(Int64(steps.count), in: 1...32, "steps")
    try Setting.require(recoveryMicros, in: 0...Millionths.one, "recovery")
    for (index, step) in steps.enumerated() {
      try Setting.require(step.drawdownMicros, in: 1...Millionths.one, "drawdown")
      try Setting.require(step.scaleMicros, in: 0...Millionths.one, "scale")
      if index == 0 { continue }
      guard step.drawdownMicros > steps[index - 1].drawdownMicros, step.scaleMicros < steps[index - 1].scaleMicros
      else { throw .stepsNotOrdered(step: index) }
    }
    self.steps = steps
    self.recoveryMicros = recoveryMicros
  }

  /// What sizes are multiplied by, in millionths.
  package var scaleMicros: Int64 { level == 0 ? Millionths.one : steps[level - 1].scaleMicros }

  /// Takes the account's equity, in nanos of currency.
  /// - Returns: what sizes are multiplied by from now on, in millionths.
  package mutating func update(equity: Int128) -> Int64 {
    let peak = max(self.peak ?? equity, equity)
    self.peak = peak
    while level > 0, isLeft(steps[level - 1], equity, peak) { level -= 1 }
    while level < steps.count, isReached(steps[level], equity, peak) { level += 1 }
    return scaleMicros
  }

  /// An operator's command: what is there now is the peak, and full size is traded.
  package mutating func restart(equity: Int128) {
    peak = equity
    level = 0
  }

  /// An account that never was worth anything has reached every step.
  private func isReached(_ step: Step, _ equity: Int128, _ peak: Int128) -> Bool {
    guard peak > 0 else { return true }
    return Self.compare(equity, peak, step.drawdownMicros, 1) >= 0
  }

  private func isLeft(_ step: Step, _ equity: Int128, _ peak: Int128) -> Bool {
    guard peak > 0 else { return false }
    return Self.compare(equity, peak, step.drawdownMicros * recoveryMicros, Millionths.one) <= 0
  }

  /// The sign of (peak − equity) × 10⁶ × `unit` − `share` × peak, in 256 bits.
  ///
  /// - Precondition: peak > 0, equity ≤ peak, both within `Limits.amountMax`.
  private static func compare(_ equity: Int128, _ peak: Int128, _ share: Int64, _ unit: Int64) -> Int {
    let lost = (peak - equity).magnitude.multipliedFullWidth(by: UInt128(Millionths.one * unit))
    let edge = peak.magnitude.multipliedFullWidth(by: UInt128(share.magnitude))
    if lost.high != edge.high { return lost.high > edge.high ? 1 : -1 }
    return lost.low == edge.low ? 0 : lost.low > edge.low ? 1 : -1
  }

  package func encodeState(into buffer: inout ByteBuffer) {
    buffer.append(peak == nil ? 0 : 1)
    buffer.appendVarint(UInt64(level))
    if let peak { buffer.appendWideZigzag(peak) }
  }

  /// - Throws: `DecodeError` where bytes are missing or no update could have left them; nothing is changed then.
  package mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    let hasPeak = try reader.readBool("peak")
    let readLevel = try reader.readCount("level", upTo: hasPeak ? steps.count : 0)
    var readPeak: Int128?
    if hasPeak {
      let value = try reader.readWideZigzag()
      guard value.magnitude <= Limits.amountMax.magnitude else { throw .inconsistent("peak") }
      readPeak = value
    }
    (peak, level) = (readPeak, readLevel)
  }
}
