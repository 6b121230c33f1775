import Testing
import Wire

@Suite struct HTTPMessageTests {
  @Test("finds a header whatever its case, the first of several")
  func headers() {
    let answer = HTTPResponse(status: 429, headers: [HTTPHeader("Retry-After", "3"), HTTPHeader("retry-after", "9")])
    #expect(answer.header("RETRY-AFTER") == "3")
    #expect(answer.header("date") == nil)
  }
}
