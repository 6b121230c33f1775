import Market
import Strategies

/// Reads bars as `open,high,low,close,volume` lines on standard input and prints one line of indicators a bar, empty where there is none
/// yet. Doubles are printed in full, so that another program can compare every bit.
func failure(_ line: Int, _ problem: String) -> Never {
  fatalError("line \(line): \(problem)")
}

func bar(_ text: String, _ line: Int) -> Bar {
  let fields = text.split(separator: ",", omittingEmptySubsequences: false)
  guard fields.count == 5 else { failure(line, "expected open,high,low,close,volume") }
  do {
    let numbers = try fields.map { try String($0).fixedPointNanos() }
    return try Bar(
      instrument: InstrumentIndex(0), openTime: Timestamp(nanos: Int64(line)), durationNanos: 1,
      open: Price(nanos: numbers[0]), high: Price(nanos: numbers[1]), low: Price(nanos: numbers[2]),
      close: Price(nanos: numbers[3]), volume: Quantity(nanos: numbers[4]), source: .stdin)
  } catch {
    failure(line, "\(error)")
  }
}

func shown(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

let instrument = InstrumentIndex(0)
var exactMean = IndicatorSeries(ExactMean(period: 30), instrumentCount: 1)
var mean = IndicatorSeries(MovingMean(period: 30), instrumentCount: 1)
var exponential = IndicatorSeries(ExponentialMean(period: 20), instrumentCount: 1)
var weighted = IndicatorSeries(WeightedMean(period: 20), instrumentCount: 1)
var strength = IndicatorSeries(RelativeStrength(period: 14), instrumentCount: 1)
var trueRange = IndicatorSeries(AverageTrueRange(period: 14), instrumentCount: 1)
var deviation = IndicatorSeries(StandardDeviation(period: 20), instrumentCount: 1)
var bands = IndicatorSeries(BollingerBands(period: 20, multiple: 2), instrumentCount: 1)
var macd = IndicatorSeries(MACD(fast: 12, slow: 26, signal: 9), instrumentCount: 1)
var past = IndicatorSeries(Lag(period: 10), instrumentCount: 1)
var highest = IndicatorSeries(Extreme(.highest, period: 20), instrumentCount: 1)
var lowest = IndicatorSeries(Extreme(.lowest, period: 20), instrumentCount: 1)
var stochastic = IndicatorSeries(Stochastic(period: 14, smoothing: 3, signal: 3), instrumentCount: 1)
var balance = IndicatorSeries(OnBalanceVolume(), instrumentCount: 1)

print(
  "sma,sma_doubles,ema,wma,rsi,atr,stddev,band_upper,band_middle,band_lower,macd,macd_signal,macd_histogram,roc,max,min,"
    + "stoch_k,stoch_d,obv")
var lineNumber = 0
while let text = readLine() {
  lineNumber += 1
  let bar = bar(text, lineNumber)
  let close = bar.close.units
  let band = bands.update(instrument, bar.close.nanos)
  let spread = macd.update(instrument, close)
  let oscillator = stochastic.update(instrument, bar)
  let columns: [Double?] = [
    exactMean.update(instrument, bar.close.nanos), mean.update(instrument, close),
    exponential.update(instrument, close), weighted.update(instrument, close), strength.update(instrument, close),
    trueRange.update(instrument, bar), deviation.update(instrument, close), band?.upper, band?.mean, band?.lower,
    spread?.line, spread?.signal, spread?.histogram, past.update(instrument, close).map { (close / $0 - 1) * 100 },
    highest.update(instrument, bar.high.units), lowest.update(instrument, bar.low.units), oscillator?.line,
    oscillator?.signal, balance.update(instrument, bar),
  ]
  print(columns.map(shown).joined(separator: ","))
}
