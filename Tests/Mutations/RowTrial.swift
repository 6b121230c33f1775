import Events

/// Decodes single rows as the registry's kinds. What is accepted must encode to the same bytes, list its fields, and refer to earlier events
/// only.
package enum RowTrial {
  /// - Parameter sequence: the row's own, which its references are distances from.
  package static func run(_ bytes: UnsafeRawBufferPointer, sequence: UInt64) -> Verdict {
    let row: EventRow
    let body: any EventBody
    do throws(DecodeError) {
      var reader = ByteReader(bytes)
      row = try EventRow(&reader, sequence: sequence)
      try reader.requireEnd()
      body = try row.decodeAny(sequence: sequence)
    } catch {
      return .refused
    }
    let name = EventRegistry.name(of: row.kind)
    for reference in body.references where reference >= sequence {
      return .finding("\(name) of event \(sequence) refers to event \(reference)")
    }
    var fields = FieldList()
    body.list(into: &fields)
    if fields.fields.isEmpty { return .finding("\(name) lists no field") }
    guard row.version == type(of: body).version else { return .accepted }
    var encoded = ByteBuffer()
    EventRow.encode(body, sequence: sequence, origin: row.origin, into: &encoded)
    return encoded.bytes.elementsEqual(bytes) ? .accepted : .finding("\(name) is accepted, and encodes to other bytes")
  }

  /// A row of `kind` and `form` whose byte count is right: `content` is its origin and body.
  package static func row(kind: UInt8, form: UInt8, content: UnsafeRawBufferPointer) -> [UInt8] {
    var bytes = ByteBuffer(capacity: content.count + 16)
    bytes.append(kind)
    bytes.append(form)
    bytes.appendVarint(UInt64(content.count))
    bytes.append(bytes: content)
    return bytes.array
  }
}
