/// When an instrument trades. Raw values are stored and never change meaning.
public enum CalendarName: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// Around the clock, as crypto does; the trading day is the UTC day.
  case always = 0
  /// The New York Stock Exchange's hours, holidays and early closes, which Nasdaq and the other US stock markets share.
  case xnys = 1
  /// CME's currency futures on Globex: Sunday 17:00 to Friday 16:00 in Chicago, an hour's break each day, CME's holidays.
  case cmeFx = 2
  /// Spot currencies: Sunday 17:00 to Friday 17:00 in New York; the day rolls at 17:00, and no holiday stops it.
  case fx = 3

  /// Reads a name as it is printed, in capitals or not; `xnas`, for Nasdaq, is `xnys`.
  public init?(word: String) {
    let wanted = word.lowercased()
    if wanted == "xnas" {
      self = .xnys
      return
    }
    guard let name = CalendarName.allCases.first(where: { $0.word == wanted }) else { return nil }
    self = name
  }
}
