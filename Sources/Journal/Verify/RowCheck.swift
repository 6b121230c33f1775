import Events
import Market

/// The checks of a row that take its fields: decoded, encoded again, and compared with the rules of its kind.
struct RowCheck: ~Copyable {
  private(set) var count: UInt64 = 0
  private var encoded = ByteBuffer(capacity: 4096)

  mutating func check(_ block: borrowing DecodedBlock) -> BlockDamage? {
    var reader = ByteReader(block.rows)
    var sequence = block.firstSequence
    for run in block.runs {
      if run.isBars {
        sequence += UInt64(run.count)
        continue
      }
      for _ in 0..<run.count {
        if let damage = check(&reader, sequence: sequence) { return damage }
        sequence += 1
        count += 1
      }
    }
    return nil
  }

  private mutating func check(_ reader: inout ByteReader, sequence: UInt64) -> BlockDamage? {
    let row: EventRow
    do throws(DecodeError) {
      row = try EventRow(&reader, sequence: sequence)
    } catch {
      return .decode(error)
    }
    let body: any EventBody
    do throws(DecodeError) {
      body = try row.decodeAny(sequence: sequence)
    } catch {
      return .row(sequence: sequence, kind: row.kind, .decode(error))
    }
    // Only the newest version can be written; older ones are held to what their frozen decoders accept.
    if row.version == type(of: body).version {
      encoded.removeAll()
      EventRow.encode(body, sequence: sequence, origin: row.origin, into: &encoded)
      guard encoded.bytes.elementsEqual(row.bytes) else {
        return .row(sequence: sequence, kind: row.kind, .notCanonical)
      }
    }
    switch (type(of: body).role, row.origin) {
    case (.input, .derived), (.derived, .input): return .row(sequence: sequence, kind: row.kind, .role)
    case (.input, .input), (.derived, .derived), (.venueAnswer, _): break
    }
    for reference in body.references where reference >= sequence {
      return .row(sequence: sequence, kind: row.kind, .reference(reference))
    }
    return nil
  }

  /// Whether the rows stay below their limit until the last event of the block, which must be a row.
  func reachesLimitWithLastRow(_ block: borrowing DecodedBlock) -> Bool {
    guard let last = block.runs.last, !last.isBars else { return false }
    var rowCount = 0
    for run in block.runs where !run.isBars { rowCount += run.count }
    var reader = ByteReader(block.rows)
    do throws(DecodeError) {
      for _ in 0..<rowCount - 1 { _ = try RowHeader(&reader) }
    } catch {
      return false
    }
    return reader.offset < block.limits.rowBytes
  }
}
