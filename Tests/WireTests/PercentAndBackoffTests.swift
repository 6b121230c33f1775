import Testing
import Wire

@Suite struct PercentAndBackoffTests {
  @Test("encodes everything but letters, digits and four marks, and reads it back")
  func percent() {
    #expect(PercentEncoding.encoded("aZ9-._~") == "aZ9-._~")
    #expect(PercentEncoding.encoded("[\"A\",\"币\"]+ /=&") == "%5B%22A%22%2C%22%E5%B8%81%22%5D%2B%20%2F%3D%26")
    var random = SeededRandom.reported()
    for _ in 0..<500 {
      let text = String(
        (0..<Int(random.next() % 20)).map { _ in Character(Unicode.Scalar(UInt16(random.next() % 0xd800)) ?? "x") })
      #expect(PercentEncoding.decoded(PercentEncoding.encoded(text)) == text)
    }
    #expect(PercentEncoding.decoded("a+b") == "a b")
    #expect(PercentEncoding.decoded("a+b", plusIsBlank: false) == "a+b")
    for broken in ["%", "%4", "%zz", "%ff"] { #expect(PercentEncoding.decoded(broken) == nil) }
  }

  @Test("waits half to the whole of a pause that doubles up to its limit, the same for the same seed")
  func backoff() {
    var first = Backoff(firstNanos: 1000, longestNanos: 60_000, seed: 7)
    var second = first
    var longest: Int64 = 1000
    for _ in 0..<100 {
      let pause = first.next()
      #expect(pause == second.next())
      #expect((longest / 2..<longest).contains(pause))
      longest = min(longest * 2, 60_000)
    }
    first.reset()
    #expect(first.next() < 1000)
  }
}
