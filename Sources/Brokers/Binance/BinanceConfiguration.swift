public import Market

/// What differs between the live exchange, its testnet and a rehearsal.
public struct BinanceConfiguration: Hashable, Sendable {
  /// How orders and questions travel. The user's reports always come over the WebSocket API.
  public enum Transport: String, Hashable, Sendable, CaseIterable {
    /// On the open socket: no handshake, no connection to be made.
    case webSocket
    case rest
  }

  /// `https://api.binance.com`, without a path.
  public var restBase: String
  /// `wss://ws-api.binance.com:443/ws-api/v3`.
  public var webSocketURL: String
  public var transport: Transport
  public var instruments: [Listing]
  /// How long the exchange takes a request after the time written in it; 1 … 60,000.
  public var receiveWindowMilliseconds: Int64
  /// Behind this a request's outcome is unknown; the exchange itself gives up after 10 s.
  public var timeoutNanos: Int64

  /// An instrument of the run under the exchange's name.
  public struct Listing: Hashable, Sendable {
    public var instrument: InstrumentIndex
    /// Such as `BTCUSDT`.
    public var symbol: String
    public init(instrument: InstrumentIndex, symbol: String) {
      self.instrument = instrument
      self.symbol = symbol
    }
  }

  public init(
    restBase: String = "https://api.binance.com",
    webSocketURL: String = "wss://ws-api.binance.com:443/ws-api/v3", transport: Transport = .webSocket,
    instruments: [Listing], receiveWindowMilliseconds: Int64 = 5000, timeoutNanos: Int64 = 10_000_000_000
  ) {
    self.restBase = restBase
    self.webSocketURL = webSocketURL
    self.transport = transport
    self.instruments = instruments
    self.receiveWindowMilliseconds = receiveWindowMilliseconds
    self.timeoutNanos = timeoutNanos
  }
}
