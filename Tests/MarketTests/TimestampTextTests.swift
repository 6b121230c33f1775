import Market
import Testing

/// Instants as text: every printed form reads back, and every wrong text is refused at its byte.
@Suite struct TimestampTextTests {
  @Test(
    "reads ISO 8601 exactly and prints the shortest form",
    arguments: [
      ("1970-01-01", 0, "1970-01-01T00:00:00Z"),
      ("2013-10-04T13:30:00Z", 1_380_893_400_000_000_000, "2013-10-04T13:30:00Z"),
      ("2013-10-04T09:30:00-04:00", 1_380_893_400_000_000_000, "2013-10-04T13:30:00Z"),
      ("2013-10-04T19:00:00+05:30", 1_380_893_400_000_000_000, "2013-10-04T13:30:00Z"),
      ("2013-10-04 13:30:00.5Z", 1_380_893_400_500_000_000, "2013-10-04T13:30:00.5Z"),
      ("2013-10-04T13:30:00.120000000Z", 1_380_893_400_120_000_000, "2013-10-04T13:30:00.12Z"),
      ("2013-10-04T13:30:00.000000001Z", 1_380_893_400_000_000_001, "2013-10-04T13:30:00.000000001Z"),
      ("1969-12-31T23:59:59.999999999Z", -1, "1969-12-31T23:59:59.999999999Z"),
      ("2000-02-29T00:00:00Z", 951_782_400_000_000_000, "2000-02-29T00:00:00Z"),
      ("1677-09-21T00:12:43.145224192Z", Int64.min, "1677-09-21T00:12:43.145224192Z"),
      ("2262-04-11T23:47:16.854775807Z", Int64.max, "2262-04-11T23:47:16.854775807Z"),
    ])
  func reads(_ text: String, _ nanos: Int64, _ printed: String) throws {
    let instant = try Timestamp(text)
    #expect(instant.nanos == nanos)
    #expect(instant.description == printed)
  }

  @Test(
    "refuses what is no instant and says where",
    arguments: [
      ("", TimestampError.endOfText(offset: 0)),
      ("2013-10-0", .endOfText(offset: 9)),
      ("13-10-04", .unexpectedByte(UInt8(ascii: "-"), offset: 2)),
      ("2013/10/04", .unexpectedByte(UInt8(ascii: "/"), offset: 4)),
      ("2013-13-04", .fieldOutOfRange(.month, value: 13, offset: 5)),
      ("2013-00-04", .fieldOutOfRange(.month, value: 0, offset: 5)),
      ("2013-02-29", .fieldOutOfRange(.day, value: 29, offset: 8)),
      ("1900-02-29", .fieldOutOfRange(.day, value: 29, offset: 8)),
      ("2013-10-04x", .unexpectedByte(UInt8(ascii: "x"), offset: 10)),
      ("2013-10-04T", .endOfText(offset: 11)),
      ("2013-10-04T24:00:00Z", .fieldOutOfRange(.hour, value: 24, offset: 11)),
      ("2013-10-04T23:60:00Z", .fieldOutOfRange(.minute, value: 60, offset: 14)),
      ("2016-12-31T23:59:60Z", .fieldOutOfRange(.second, value: 60, offset: 17)),
      ("2013-10-04T13:30Z", .unexpectedByte(UInt8(ascii: "Z"), offset: 16)),
      ("2013-10-04T13:30:00", .zoneMissing(offset: 19)),
      ("2013-10-04T13:30:00z", .unexpectedByte(UInt8(ascii: "z"), offset: 19)),
      ("2013-10-04T13:30:00.Z", .unexpectedByte(UInt8(ascii: "Z"), offset: 20)),
      ("2013-10-04T13:30:00.", .endOfText(offset: 20)),
      ("2013-10-04T13:30:00.0000000001Z", .tooPrecise(offset: 29)),
      ("2013-10-04T13:30:00+24:00", .fieldOutOfRange(.offsetHour, value: 24, offset: 20)),
      ("2013-10-04T13:30:00+05:60", .fieldOutOfRange(.offsetMinute, value: 60, offset: 23)),
      ("2013-10-04T13:30:00+0530", .unexpectedByte(UInt8(ascii: "3"), offset: 22)),
      ("2013-10-04T13:30:00Z ", .unexpectedByte(UInt8(ascii: " "), offset: 20)),
      ("1677-09-21T00:12:43.145224191Z", .outOfRange),
      ("2262-04-11T23:47:16.854775808Z", .outOfRange),
      ("0000-01-01", .outOfRange),
      ("9999-12-31T23:59:59Z", .outOfRange),
    ])
  func refuses(_ text: String, _ error: TimestampError) {
    #expect(throws: error) { try Timestamp(text) }
  }

  @Test("reads back every instant it prints")
  func roundTrip() throws {
    var random = SeededRandom.reported()
    for _ in 0..<20_000 {
      // Fewer digits at random, so that all lengths of fraction occur.
      let scale = FixedPoint.powerOfTen(Int(random.next() % 13))
      let instant = Timestamp(nanos: Int64(bitPattern: random.next()) / scale * scale)
      #expect(try Timestamp(instant.description) == instant)
    }
  }

  @Test("never traps on bytes that came from a mutated instant")
  func anyBytes() {
    var random = SeededRandom.reported()
    for _ in 0..<20_000 {
      var bytes = Array("2013-10-04T13:30:00.123456789-04:00".utf8)
      bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
      for _ in 0..<(random.next() % 3) {
        bytes[Int(random.next() % UInt64(bytes.count))] = Array("0123456789-+:.TZ /\u{0}".utf8).picked(by: &random)
      }
      do throws(TimestampError) {
        let instant = try Timestamp(parsing: bytes.span)
        #expect(throws: Never.self) { try Timestamp(instant.description) }
      } catch {
        // An error is as good an answer as an instant; a trap would have ended the process.
        continue
      }
    }
  }
}
