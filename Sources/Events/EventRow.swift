public import Market

/// Where an event came from: the one thing every event says besides its own fields.
public enum EventOrigin: BitwiseCopyable, Hashable, Sendable {
  case input(time: Timestamp)
  case derived(cause: UInt64)
}

/// One event in row form, split but not decoded.
public struct EventRow {
  public let kind: EventKind
  public let version: UInt8
  public let origin: EventOrigin
  /// The fields' bytes, behind the origin.
  public let body: UnsafeRawBufferPointer
  /// The whole row's bytes, header included: what replay compares.
  public let bytes: UnsafeRawBufferPointer

  /// The bit of a row's form that says input.
  @inlinable
  static var inputForm: UInt8 { 0x80 }

  public static func encode<Body: EventBody>(
    _ body: Body, sequence: UInt64, origin: EventOrigin, into rows: inout ByteBuffer
  ) {
    switch origin {
    case .derived(let cause): encode(body, sequence: sequence, cause: cause, into: &rows)
    case .input(let time): encode(body, sequence: sequence, time: time, into: &rows)
    }
  }

  @inlinable
  static func encode<Body: EventBody>(
    _ body: Body, sequence: UInt64, cause: UInt64, into rows: inout ByteBuffer
  ) {
    rows.append(Body.kind.rawValue)
    rows.append(Body.version)
    rows.append(0)
    let start = rows.count
    rows.appendReference(cause, from: sequence)
    body.encode(into: &rows, sequence: sequence)
    rows.closeLengthPrefix(at: start)
  }

  @inlinable
  static func encode<Body: EventBody>(
    _ body: Body, sequence: UInt64, time: Timestamp, into rows: inout ByteBuffer
  ) {
    rows.append(Body.kind.rawValue)
    rows.append(Body.version | inputForm)
    rows.append(0)
    let start = rows.count
    rows.appendZigzag(time.nanos)
    body.encode(into: &rows, sequence: sequence)
    rows.closeLengthPrefix(at: start)
  }

  /// Splits the next row off `reader`.
  /// - Throws: `DecodeError` where the header is cut, not canonical, or refers past the start.
  public init(_ reader: inout ByteReader, sequence: UInt64) throws(DecodeError) {
    let start = reader.offset
    kind = EventKind(rawValue: try reader.readByte())
    let form = try reader.readByte()
    version = form & ~EventRow.inputForm
    let count = try reader.readCount()
    let content = try reader.readBytes(count)
    var inner = ByteReader(content)
    if form & EventRow.inputForm != 0 {
      origin = .input(time: Timestamp(nanos: try inner.readZigzag()))
    } else {
      origin = .derived(cause: try inner.readReference(from: sequence))
    }
    body = UnsafeRawBufferPointer(rebasing: content[inner.offset...])
    bytes = reader.view(from: start)
  }

  /// Decodes the fields as `Body`.
  /// - Precondition: `kind` is the body's kind.
  public func decode<Body: EventBody>(
    _ type: Body.Type = Body.self, sequence: UInt64
  ) throws(DecodeError) -> Body {
    invariant(kind == Body.kind, "a row is decoded as its own kind", Int64(kind.rawValue), Int64(Body.kind.rawValue))
    guard version >= 1, version <= Body.version else {
      throw .unknownVersion(kind: kind.rawValue, version: version)
    }
    switch (Body.role, origin) {
    case (.input, .input), (.derived, .derived), (.venueAnswer, _): break
    case (.input, .derived), (.derived, .input): throw .inconsistent("origin")
    }
    var reader = ByteReader(body)
    let value = try Body.decode(&reader, version: version, sequence: sequence)
    try reader.requireEnd()
    return value
  }

  /// Decodes the fields by the registry.
  /// - Throws: `DecodeError.unknownKind` where this program has no such kind.
  public func decodeAny(sequence: UInt64) throws(DecodeError) -> any EventBody {
    guard let type = EventRegistry.body(of: kind) else { throw .unknownKind(kind.rawValue) }
    return try decode(type, sequence: sequence)
  }
}

extension ByteReader {
  /// What was read since `start`.
  func view(from start: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: base[start..<offset])
  }
}
