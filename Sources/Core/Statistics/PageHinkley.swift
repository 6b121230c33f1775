package import Events

/// The Page–Hinkley test: says that the mean of a series has moved, by a cumulated sum of its distances from its own mean.
///
/// E. S. Page, "Continuous Inspection Schemes", Biometrika 41 (1954); D. V. Hinkley, "Inference about the Change-Point from Cumulative Sum Tests",
/// Biometrika 58 (1971). Conventions of PyPI's river 0.26, `drift.PageHinkley`, with which it is compared value for value: with the
/// mean x̄ of all values since the last change, this one included,
///
///     m⁺ ← α m⁺ + (x − x̄ − δ),  increase = m⁺ − min m⁺,  change where increase > λ
///     m⁻ ← α m⁻ + (x − x̄ + δ),  decrease = max m⁻ − m⁻,  change where decrease > λ
///
/// from `countMin` values on; with the value behind a change everything begins anew. As in river, max m⁻ begins at −1 and not at −∞.
package struct PageHinkley: BitwiseCopyable, Sendable {
  package enum Direction: UInt8, BitwiseCopyable, Sendable { case increase, decrease, both }

  package struct Settings: BitwiseCopyable, Sendable {
    /// δ: what a value may be off the mean without being a change, in millionths; 0 … 10¹².
    package var deltaMicros: Int64 = 5_000
    /// λ: the cumulated distance that is a change, in millionths; 1 … 10¹⁵.
    package var thresholdMicros: Int64 = 50_000_000
    /// α: what a sum keeps from one value to the next, in millionths; 0 … 1,000,000.
    package var alphaMicros: Int64 = 999_900
    /// Values that must have been seen; 1 … 1,000,000.
    package var countMin: Int64 = 30
    package var direction = Direction.both
    package init() {}
  }

  private let delta: Double
  private let threshold: Double
  private let alpha: Double
  private let countMin: Int64
  private let direction: Direction
  /// Values since the last change.
  package private(set) var count: Int64 = 0
  private var mean = 0.0
  private var risen = 0.0
  private var fallen = 0.0
  private var risenLowest = Double.infinity
  private var fallenHighest = -1.0
  private var hasChanged = false

  package init(_ settings: Settings) throws(StatisticsError) {
    try Setting.require(settings.deltaMicros, in: 0...1_000_000_000_000, "delta")
    try Setting.require(settings.thresholdMicros, in: 1...1_000_000_000_000_000, "threshold")
    try Setting.require(settings.alphaMicros, in: 0...Millionths.one, "alpha")
    try Setting.require(settings.countMin, in: 1...1_000_000, "count_min")
    delta = Millionths.share(settings.deltaMicros)
    threshold = Millionths.share(settings.thresholdMicros)
    alpha = Millionths.share(settings.alphaMicros)
    countMin = settings.countMin
    direction = settings.direction
  }

  /// m⁺ − min m⁺; 0 before the first value.
  package var increase: Double { count > 0 ? risen - risenLowest : 0 }
  /// max m⁻ − m⁻; 0 before the first value.
  package var decrease: Double { count > 0 ? fallenHighest - fallen : 0 }

  /// Takes the next value, in millionths.
  /// - Returns: true where it shows a change.
  package mutating func update(micros: Int64) -> Bool {
    if hasChanged { restart() }
    let value = Millionths.share(micros)
    // A count that stood still after 2⁵³ values would only make the mean forget; it is never reached.
    count += 1
    mean += 1 / Double(count) * (value - mean)
    let distance = value - mean
    risen = alpha * risen + distance - delta
    fallen = alpha * fallen + distance + delta
    if risen < risenLowest { risenLowest = risen }
    if fallen > fallenHighest { fallenHighest = fallen }
    guard count >= countMin else { return false }
    switch direction {
    case .increase: hasChanged = increase > threshold
    case .decrease: hasChanged = decrease > threshold
    case .both: hasChanged = increase > threshold || decrease > threshold
    }
    return hasChanged
  }

  /// Forgets every value, as an operator does who has dealt with the change.
  package mutating func restart() {
    (count, mean, risen, fallen) = (0, 0, 0, 0)
    (risenLowest, fallenHighest, hasChanged) = (.infinity, -1, false)
  }

  package func encodeState(into buffer: inout ByteBuffer) {
    buffer.appendVarint(UInt64(count))
    if count == 0 { return }
    buffer.append(hasChanged ? 1 : 0)
    for number in [mean, risen, fallen, risenLowest, fallenHighest] { buffer.appendDouble(number) }
  }

  /// - Throws: `DecodeError` where bytes are missing or no update could have left them; nothing is changed then.
  package mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    var read = self
    read.restart()
    read.count = Int64(try reader.readCount("values", upTo: 1 << 53))
    if read.count > 0 {
      read.hasChanged = try reader.readBool("changed")
      // What no sum of so many 64-bit numbers reaches, and far from where one more would overflow.
      let range = -1e30...1e30
      read.mean = try reader.readDouble("mean", in: range)
      read.risen = try reader.readDouble("sum", in: range)
      read.fallen = try reader.readDouble("sum", in: range)
      read.risenLowest = try reader.readDouble("lowest sum", in: range)
      read.fallenHighest = try reader.readDouble("highest sum", in: range)
      guard read.risenLowest <= read.risen, read.fallenHighest >= read.fallen else { throw .inconsistent("sum") }
    }
    self = read
  }
}
