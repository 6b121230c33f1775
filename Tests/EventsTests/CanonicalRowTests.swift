import Events
import Market
import Testing

/// One value has one spelling: what decodes encodes again to the same bytes, and whatever is damaged is an error or another
/// value's spelling. Method: every truncation and every single changed byte (all 255 others at each place) of every sample.
@Suite struct CanonicalRowTests {
  /// Decodes a row and encodes it again; the error where it is refused.
  static func recoded(_ bytes: [UInt8], sequence: UInt64) -> Result<[UInt8], DecodeError> {
    bytes.withUnsafeBytes { raw in
      do throws(DecodeError) {
        var reader = ByteReader(raw)
        let row = try EventRow(&reader, sequence: sequence)
        let body = try row.decodeAny(sequence: sequence)
        // What an older version says is read for ever, and written by nobody: there is nothing to compare it with.
        if row.version < type(of: body).version { return .success(bytes) }
        var buffer = ByteBuffer()
        EventRow.encode(body, sequence: sequence, origin: row.origin, into: &buffer)
        var whole = buffer.array
        // What stands behind the row is the next row's.
        whole += raw[reader.offset...]
        return .success(whole)
      } catch {
        return .failure(error)
      }
    }
  }

  static func rows() throws -> [(bytes: [UInt8], sequence: UInt64)] {
    try Samples.all().flatMap {
      [
        ($0.ordinary.row(isExtreme: false), Samples.ordinarySequence),
        ($0.extreme.row(isExtreme: true), Samples.extremeSequence),
      ]
    }
  }

  /// Each empty name takes a byte of the row and sixteen of memory: a row of eight megabytes took a quarter of a gigabyte.
  @Test("refuses a run of more strategies than an index can name")
  func strategyCount() {
    for (count, isRefused) in [(65_535, false), (65_536, true)] {
      var content = ByteBuffer()
      content.appendZigzag(0)
      content.append(RunMode.backtest.rawValue)
      content.appendVarint(1)
      content.append([UInt8](repeating: 7, count: 80))
      content.appendText("")
      content.appendText("USD")
      content.appendVarint(UInt64(count))
      content.append([UInt8](repeating: 0, count: count))
      content.appendVarint(0)
      var row = ByteBuffer()
      row.append(RunStarted.kind.rawValue)
      row.append(0x81)
      row.appendVarint(UInt64(content.count))
      row.append(bytes: content.bytes)
      let refusal = Result<[UInt8], DecodeError>.failure(.valueOutOfRange(field: "strategies", value: 65_536))
      #expect(Self.recoded(row.array, sequence: 0) == (isRefused ? refusal : .success(row.array)))
    }
  }

  @Test("decodes every sample to a value that encodes to the same bytes and lists the same fields")
  func roundTrip() throws {
    for sample in try Samples.all() {
      for (body, isExtreme) in [(sample.ordinary, false), (sample.extreme, true)] {
        let bytes = body.row(isExtreme: isExtreme)
        let sequence = isExtreme ? Samples.extremeSequence : Samples.ordinarySequence
        #expect(try Self.recoded(bytes, sequence: sequence).get() == bytes)
        let decoded = try bytes.withUnsafeBytes { raw in
          var reader = ByteReader(raw)
          return try EventRow(&reader, sequence: sequence).decodeAny(sequence: sequence)
        }
        var before = FieldList()
        var after = FieldList()
        body.list(into: &before)
        decoded.list(into: &after)
        #expect(before.fields == after.fields)
        #expect(!before.fields.isEmpty)
        #expect(Set(before.fields.map(\.name)).count == before.fields.count)
        #expect(body.references == decoded.references)
      }
    }
  }

  @Test("refuses every row cut short")
  func truncations() throws {
    for (bytes, sequence) in try Self.rows() {
      for length in 0..<bytes.count where length < 600 || length > bytes.count - 5 {
        guard case .failure = Self.recoded(Array(bytes[..<length]), sequence: sequence) else {
          Issue.record("\(bytes[0]): \(length) of \(bytes.count) bytes decoded")
          continue
        }
      }
    }
  }

  @Test("takes every row with a changed byte as an error or as the one spelling of another value")
  func mutations() throws {
    var errorCount = 0
    var valueCount = 0
    for (bytes, sequence) in try Self.rows() {
      for place in 0..<min(bytes.count, 400) {
        var mutated = bytes
        // Long texts are all alike inside: there a few changes stand for all.
        for change in stride(from: UInt8(1), through: 255, by: place < 80 ? 1 : 37) {
          mutated[place] = bytes[place] ^ change
          switch Self.recoded(mutated, sequence: sequence) {
          case .failure: errorCount += 1
          case .success(let again):
            valueCount += 1
            if again != mutated { Issue.record("kind \(bytes[0]), byte \(place) ^ \(change): two spellings") }
          }
        }
      }
    }
    // Both happen, or the test has stopped testing.
    #expect(errorCount > 10_000 && valueCount > 10_000, "\(errorCount) errors, \(valueCount) values")
  }

  @Test("never traps on random bytes behind any kind's number")
  func randomBytes() {
    var random = SeededRandom.reported()
    for round in 0..<40_000 {
      let kinds = EventRegistry.bodies
      var bytes: [UInt8] = [kinds[round % kinds.count].kind.rawValue, random.next() & 1 == 0 ? 1 : 0x81]
      let length = Int(random.next() % 100)
      bytes.append(UInt8(length))
      // Small numbers mostly, so that decoding gets beyond the first field.
      for _ in 0..<length { bytes.append(UInt8(truncatingIfNeeded: random.next() >> (random.next() % 64))) }
      if case .success(let again) = Self.recoded(bytes, sequence: 1000) { #expect(again == bytes) }
    }
  }

  @Test("refuses what this program doesn't know by name")
  func unknown() throws {
    func error(_ bytes: [UInt8]) -> DecodeError? {
      if case .failure(let error) = Self.recoded(bytes, sequence: 1000) { error } else { nil }
    }
    #expect(error([200, 1, 1, 4]) == .unknownKind(200))
    #expect(error([Signal.kind.rawValue, 2, 1, 4]) == .unknownVersion(kind: 32, version: 2))
    #expect(error([Signal.kind.rawValue, 0, 1, 4]) == .unknownVersion(kind: 32, version: 0))
    #expect(error([FeedEnded.kind.rawValue, 0x81, 3, 0, 1, 9]) == .bytesLeftOver(count: 1))
    // An input has a time, a derived event a cause; a cause lies before its effect.
    #expect(error([FeedEnded.kind.rawValue, 1, 2, 4, 1]) == .inconsistent("origin"))
    #expect(error([Alert.kind.rawValue, 0x81, 6, 0, 1, 1, 0, 0, 0]) == .inconsistent("origin"))
    #expect(error([Alert.kind.rawValue, 1, 1, 0]) == .valueOutOfRange(field: "reference", value: 0))
    #expect(error([Alert.kind.rawValue, 1, 2, 0xe9, 0x07]) == .valueOutOfRange(field: "reference", value: 1001))
    // A byte count has one spelling.
    #expect(error([FeedEnded.kind.rawValue, 0x81, 0x82, 0, 0, 1]) == .notCanonical(offset: 2))
  }
}
