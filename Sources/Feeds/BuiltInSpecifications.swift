/// The specifications that come along, compiled in so that `--spec lean-daily` works from any working folder.
///
/// The same texts lie in `config/specs` for people to copy and change; a test holds both equal.
enum BuiltInSpecifications {
  /// Name and YAML, in the order in which help lists them.
  static let all: [(name: String, yaml: String)] = [
    (
      "lean-daily",
      #"""
      # QuantConnect LEAN, daily US equities: 20131004 00:00,1676500,1690000,1675000,1689200,78514123
      # Prices are ten-thousandths of a dollar, as traded; a row is the trading day of its date in New York.
      header: no
      columns: { time: 1, open: 2, high: 3, low: 4, close: 5, volume: 6 }
      time_format: yyyyMMdd HH:mm
      zone: America/New_York
      price_decimals: 4
      bar_length: session
      calendar: xnys
      asset_class: equity
      currency: USD
      tick_size: 0.01
      lot_size: 1

      """#
    ),
    (
      "lean-minute",
      #"""
      # QuantConnect LEAN, minute US equities, a file a day (spy/20131004.csv): 34200000,1676500,1676800,1676000,1676300,120345
      # Times are milliseconds since midnight in New York, the date is the file's name, the symbol its folder's.
      header: no
      columns: { time: 1, open: 2, high: 3, low: 4, close: 5, volume: 6 }
      time_format: milliseconds-of-day
      zone: America/New_York
      price_decimals: 4
      bar_length: 1m
      calendar: xnys
      asset_class: equity
      currency: USD
      tick_size: 0.01
      lot_size: 1
      symbol_from: folder_name

      """#
    ),
    (
      "lean-crypto-minute",
      #"""
      # QuantConnect LEAN, minute crypto, a file a day (btcusd/20161007.csv): 0,611.78,611.91,611.78,611.9,1.13872
      # Times are milliseconds since midnight UTC, the date is the file's name, the symbol its folder's.
      header: no
      columns: { time: 1, open: 2, high: 3, low: 4, close: 5, volume: 6 }
      time_format: milliseconds-of-day
      zone: UTC
      bar_length: 1m
      calendar: always
      asset_class: crypto
      currency: USD
      tick_size: 0.01
      lot_size: 0.00000001
      symbol_from: folder_name

      """#
    ),
    (
      "yahoo",
      #"""
      # Yahoo Finance, daily: Date,Open,High,Low,Close,Adj Close,Volume
      # Yahoo's Open to Close are adjusted for splits, not for dividends, and printed from binary floating point.
      columns:
        time: Date
        open: Open
        high: High
        low: Low
        close: Close
        adjusted_close: Adj Close
        volume: Volume
      time_format: yyyy-MM-dd
      zone: America/New_York
      excess_decimals: round
      bar_length: session
      calendar: xnys
      asset_class: equity
      currency: USD
      tick_size: 0.01
      lot_size: 1

      """#
    ),
    (
      "bokeh-stocks",
      #"""
      # bokeh_sampledata's stocks.csv: Ticker,Date,Open,High,Low,Close,Volume,Adj Close
      # Several symbols in one file, daily, as traded: splits show as jumps.
      columns:
        symbol: Ticker
        time: Date
        open: Open
        high: High
        low: Low
        close: Close
        volume: Volume
        adjusted_close: Adj Close
      time_format: yyyy-MM-dd
      zone: America/New_York
      bar_length: session
      calendar: xnys
      asset_class: equity
      currency: USD
      tick_size: 0.01
      lot_size: 1

      """#
    ),
    (
      "ohlcv",
      #"""
      # The plain form that most tools write: timestamp,open,high,low,close,volume with times in UTC.
      # Bars of another length than a minute: --set bar_length=1h (1d, session, …).
      columns:
        time: [timestamp, timestamp_utc, datetime, date, time, open_time, ""]
        open: open
        high: high
        low: low
        close: close
        volume: volume
      time_format: iso
      zone: UTC
      bar_length: 1m
      calendar: always
      asset_class: crypto
      currency: USD
      tick_size: 0.01
      lot_size: 0.00000001

      """#
    ),
  ]
}
