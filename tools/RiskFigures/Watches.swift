import Core
import Market

/// A value in millionths a line; prints the index and the same in millionths.
func printStability(_ arguments: Arguments) throws {
  guard let binning = Binning(rawValue: UInt8(clamping: arguments.integer("binning"))) else {
    fatalError("binning is 0 or 1")
  }
  var stability = try PopulationStability(
    referenceCount: arguments.integer("reference"), windowCount: arguments.integer("window"),
    binCount: arguments.integer("bins"), binning: binning)
  eachLine { fields in
    stability.update(micros: fields.integer(0))
    print("\(shown(stability.index)),\(shown(stability.indexMicros))")
  }
}

/// A value in millionths a line; prints 1 where it shows a change, then both test statistics.
func printPageHinkley(_ arguments: Arguments) throws {
  var settings = PageHinkley.Settings()
  settings.deltaMicros = arguments.integer("delta")
  settings.thresholdMicros = arguments.integer("threshold")
  settings.alphaMicros = arguments.integer("alpha")
  settings.countMin = arguments.integer("count_min")
  guard let direction = PageHinkley.Direction(rawValue: UInt8(clamping: arguments.integer("direction"))) else {
    fatalError("direction is 0, 1 or 2")
  }
  settings.direction = direction
  var test = try PageHinkley(settings)
  eachLine { fields in
    let isChange = test.update(micros: fields.integer(0))
    print("\(isChange ? 1 : 0),\(test.increase),\(test.decrease)")
  }
}

/// An integer a line; prints 1 where it gets stuck, and whether it is.
func printStuck(_ arguments: Arguments) throws {
  var stuck = try StuckValue(limit: arguments.integer("limit"))
  eachLine { fields in
    let isNew = stuck.update(fields.integer(0))
    print("\(isNew ? 1 : 0),\(stuck.isStuck ? 1 : 0)")
  }
}

/// A time in nanos, and 1 where an event happens then; prints the count.
func printRates(_ arguments: Arguments) throws {
  var rate = try RateWindow(capacity: arguments.integer("capacity"), windowNanos: arguments.integer("window"))
  eachLine { fields in
    let time = Timestamp(nanos: fields.integer(0))
    if fields.integer(1) == 1 { rate.record(at: time) }
    print(rate.count(at: time))
  }
}

/// Equity in nanos a line; prints the scale in millionths for steps at −5 %, −10 % and −15 %.
func printDrawdowns(_ arguments: Arguments) throws {
  typealias Step = DrawdownSchedule.Step
  var schedule = try DrawdownSchedule(
    steps: [
      Step(drawdownMicros: 50_000, scaleMicros: 750_000), Step(drawdownMicros: 100_000, scaleMicros: 500_000),
      Step(drawdownMicros: 150_000, scaleMicros: 0),
    ], recoveryMicros: arguments.integer("recovery"))
  eachLine { fields in print(schedule.update(equity: fields.integer(0, as: Int128.self))) }
}
