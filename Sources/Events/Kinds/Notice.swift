public import Market

/// What happened outside that a person may want to know later. Raw values are stored and never change meaning.
public enum NoticeCode: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case connected = 1
  case disconnected = 2
  /// Bars come from another feed from here on; text: from which and why.
  case feedSwitched = 3
  /// Bars come from a preferred feed again.
  case feedReturned = 4
  /// A bar came that the run has had already; first: its open time.
  case duplicateBar = 5
  /// A bar came when later ones were decided on, and is left out; first: its open time.
  case lateBar = 6
  /// The source has changed a bar since; first: its open time. What was decided stands.
  case revisedBar = 7
  /// A bar that can't be one, and is left out; text: why.
  case invalidBar = 8
  /// An answer that could not be read; text: its beginning.
  case invalidAnswer = 9
  /// The source asks to be left alone; first: nanoseconds.
  case rateLimited = 10
  /// Bars that were missed have been fetched; first: how many.
  case gapFilled = 11
  /// Bars that were missed could not be had; first: how many.
  case gapLeft = 12
  /// Our clock and the other side's differ; first: nanoseconds.
  case clockSkew = 13
  /// Two feeds disagree about a price; first, second: nanos of price.
  case priceDisagreement = 14
  /// An instrument's bar had not come when its slot was closed.
  case slotIncomplete = 15
  /// The outcome of a request is unknown and is being asked for.
  case outcomeUnknown = 16
  /// Absence at the venue is proved, and the order was sent again under the same id.
  case orderResent = 17
  /// Run and venue were compared, and agree where it is no warning; first: orders compared, second: fills found.
  case reconciled = 18
  /// The venue has an order that this run did not send; text: its ids.
  case foreignOrder = 19
  /// The venue holds something that this run did not buy; first: nanos of quantity.
  case foreignPosition = 20
  /// The run stops; text: why.
  case stopping = 21
  /// Orders leave, or are withheld, from here on; text: what decided.
  case submission = 22
  /// A request was refused.
  case requestRefused = 23
  /// A price differs from the last by a factor that no market makes; first, second: nanos of price.
  case priceImplausible = 24
}

/// Input: something that happened outside, at a feed, a venue or in the process. It changes no state: the journal keeps it for those who ask later.
///
/// Version 1: code, severity u8; instrument varint, 0 for none, else index + 1; first, second zigzag; source, text texts.
public struct Notice: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 13)
  public static let name: StaticString = "notice"
  public static let role = EventRole.input

  public var code: NoticeCode
  public var severity: AlertSeverity
  public var instrument: InstrumentIndex?
  /// Meaning by code.
  public var first: Int64
  public var second: Int64
  /// Which feed, venue or part of the process, such as `feed.yahoo`.
  public var source: String
  public var text: String

  public init(
    code: NoticeCode, severity: AlertSeverity, instrument: InstrumentIndex?, first: Int64, second: Int64,
    source: String, text: String
  ) {
    self.code = code
    self.severity = severity
    self.instrument = instrument
    self.first = first
    self.second = second
    self.source = source
    self.text = text
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.append(code.rawValue)
    buffer.append(severity.rawValue)
    buffer.appendVarint(instrument.map { UInt64($0.rawValue) + 1 } ?? 0)
    buffer.appendZigzag(first)
    buffer.appendZigzag(second)
    buffer.appendText(source)
    buffer.appendText(text)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> Notice {
    let code = try reader.readCase("code", as: NoticeCode.self)
    let severity = try reader.readCase("severity", as: AlertSeverity.self)
    let place = try reader.readVarint()
    guard place <= UInt64(UInt16.max) + 1 else {
      throw .valueOutOfRange(field: "instrument", value: Int64(clamping: place))
    }
    let first = try reader.readZigzag()
    let second = try reader.readZigzag()
    return Notice(
      code: code, severity: severity, instrument: place == 0 ? nil : InstrumentIndex(UInt16(place - 1)), first: first,
      second: second, source: try reader.readText(), text: try reader.readText())
  }

  public func list(into fields: inout FieldList) {
    fields.add("code", .word(code.word))
    fields.add("severity", .word(severity.word))
    fields.add("instrument", instrument.map { .instrument($0) } ?? .absent)
    fields.add("first", .integer(first))
    fields.add("second", .integer(second))
    fields.add("source", .text(source))
    fields.add("text", .text(text))
  }
}
