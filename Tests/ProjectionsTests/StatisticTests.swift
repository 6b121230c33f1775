import Projections
import Testing

@Suite("Figures for people")
struct StatisticTests {
  @Test("are numbers with two decimals however large they are, or none")
  func hundredths() {
    #expect(Statistic.hundredths(12.344) == "12.34")
    #expect(Statistic.hundredths(-0.5) == "-0.50")
    #expect(Statistic.hundredths(1e13) == "10000000000000.00")
    #expect(Statistic.hundredths(-3e20) == "-300000000000000000000.00")
    #expect(Statistic.hundredths(1e40) == nil && Statistic.hundredths(.nan) == nil && Statistic.hundredths(nil) == nil)
  }
}
