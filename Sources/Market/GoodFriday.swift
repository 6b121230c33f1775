extension CivilDate {
  /// Two days before Easter Sunday: Meeus, Jones, Butcher, "Astronomical Algorithms" chapter 8, for the Gregorian calendar.
  var isGoodFriday: Bool {
    let year = Int64(self.year)
    let a = year % 19
    let (b, c) = (year / 100, year % 100)
    let (d, e) = (b / 4, b % 4)
    let f = (b + 8) / 25
    let g = (b - f + 1) / 3
    let h = (19 * a + b - d - g + 15) % 30
    let (i, k) = (c / 4, c % 4)
    let l = (32 + 2 * e + 2 * i - h - k) % 7
    let m = (a + 11 * h + 22 * l) / 451
    let n = h + l - 7 * m + 114
    return daysSinceEpoch == CivilDate.days(year: year, month: n / 31, day: n % 31 + 1) - 2
  }
}
