// Goal: the fast forms of division and of varints are the plain ones. Method: edges and seeded numbers against `/`, `%`
// and `ByteBuffer`.
import Events
import Market
import Testing

@testable import Journal

@Suite("Numbers in columns")
struct NumberTests {
  private static let numbers: [Int64] = {
    var random = SplitMix64(seed: 81)
    var numbers: [Int64] = [0, 1, -1, 9, 10, .max, .min, -.max]
    for exponent in 0...18 { numbers += [FixedPoint.powerOfTen(exponent), -FixedPoint.powerOfTen(exponent)] }
    for _ in 0..<500 {
      let number = Int64(bitPattern: random.next() >> UInt64(random.next(below: 64)))
      let power = FixedPoint.powerOfTen(Int(random.next(below: 19)))
      numbers += [number, number / power * power]
    }
    return numbers
  }()

  @Test("exact division by a power of ten is division")
  func division() {
    for unit in DecimalUnit.all {
      for number in NumberTests.numbers {
        #expect(unit.divides(number) == (number % unit.value == 0), "\(number) by \(unit.value)")
        if unit.divides(number) { #expect(unit.quotient(number) == number / unit.value, "\(number) by \(unit.value)") }
      }
    }
  }

  @Test("columns hold the varints of ByteBuffer, and read them back in any mix of lengths")
  func varints() throws {
    for mask in [UInt64.max, 0x7f, 0x3fff] {
      let numbers = NumberTests.numbers.map { UInt64(bitPattern: $0) & mask }
      var expected = ByteBuffer()
      let written = Scratch<UInt8>(capacity: numbers.count * 10)
      var cursor = written.base
      for number in numbers {
        expected.appendVarint(number)
        putVarint(number, at: &cursor)
      }
      let bytes = UnsafeRawBufferPointer(start: written.base, count: cursor - written.base)
      #expect(bytes.elementsEqual(expected.bytes))

      // Two readable bytes behind the end are the reader's precondition.
      expected.append([0, 0])
      let decoded = Scratch<UInt64>(capacity: numbers.count)
      let base = try #require(expected.bytes.bindMemory(to: UInt8.self).baseAddress)
      var reader = ColumnCursor(base, count: bytes.count)
      let isWhole = reader.take(numbers.count, into: decoded.base)
      #expect(isWhole)
      #expect(reader.isAtEnd)
      #expect(numbers.indices.allSatisfy { decoded.base[$0] == numbers[$0] })
      var short = ColumnCursor(base, count: bytes.count - 1)
      let isShort = !short.take(numbers.count, into: decoded.base)
      #expect(isShort)
    }
  }

  @Test("a varint longer than its shortest form, or than 64 bits, is refused")
  func misspelled() throws {
    let spellings: [[UInt8]] = [
      [0x80, 0x00], [0xff, 0x80, 0x00], [0x80], [],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    ]
    for spelling in spellings {
      var bytes = ByteBuffer()
      bytes.append(spelling + [0, 0])
      let base = try #require(bytes.bytes.bindMemory(to: UInt8.self).baseAddress)
      var reader = ColumnCursor(base, count: spelling.count)
      var isBad = false
      _ = reader.varint(&isBad)
      #expect(isBad, "\(spelling)")
    }
  }
}
