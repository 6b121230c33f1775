import Events
import Foundation
import Journal
import Market
import Testing

@testable import Feeds

/// Goal: data points of a table arrive in a journal as they stand there, and a table with faults is refused with all of them, before anything is written.
@Suite("Import of data points")
struct PointImportTests {
  private func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "points-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  @Test("writes each point at its instant, in the order of the table")
  func writes() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let input = folder.appending(path: "funding.csv").path
    let output = folder.appending(path: "funding.zst").path
    try """
    series,value,time
    funding:BTCUSDT,0.0001,2024-03-12T16:00:00Z
    funding:ETHUSDT,-0.00025,2024-03-12T16:00:00Z
    funding:BTCUSDT,0.0002,2024-03-12T20:00:00-04:00
    """.write(toFile: input, atomically: true, encoding: .utf8)
    let report = try importPoints(PointRequest(input: input, output: .file(path: output)))
    #expect(report.points == 3)
    #expect(report.series == ["funding:BTCUSDT", "funding:ETHUSDT"])
    #expect(report.last == (try Timestamp("2024-03-13T00:00:00Z")))
    var reader = try JournalReader(path: output)
    var points: [(DataPoint, Timestamp)] = []
    while let event = try reader.next() {
      if event.kind == DataPoint.kind { points.append((try event.decode(DataPoint.self), event.time)) }
    }
    #expect(points.map(\.0.value) == [100_000, -250_000, 200_000])
    #expect(points.map(\.1) == [report.first, report.first, report.last])
    #expect(throws: PointError.self) {
      _ = try importPoints(PointRequest(input: input, output: .file(path: output)))
    }
  }

  @Test("refuses a table with faults, and says all of them")
  func faults() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let input = folder.appending(path: "points.csv").path
    let output = folder.appending(path: "points.zst").path
    func problem(_ text: String) throws -> String {
      try text.write(toFile: input, atomically: true, encoding: .utf8)
      let error = try #require(throws: PointError.self) {
        _ = try importPoints(PointRequest(input: input, output: .file(path: output)))
      }
      #expect(!FileManager.default.fileExists(atPath: output))
      return "\(error)".replacing(input, with: "F")
    }
    #expect(
      try problem("time,serie,value\n2024-03-12,x,1\n") == """
        2 faults; nothing was written.
          F line 1: column "serie" is unknown (did you mean series?); one of time, series, value
          F line 1: series is missing
        Correct the source; `engine help import points` says what it holds.
        """)
    #expect(
      try problem(
        "time,series,value\n2024-03-12T16:00:00Z,x,1\n2024-03-12T16:00:00Z,x,2\n2024-03-11T16:00:00Z,x,2\nnoon,,1e5\n2024-03-13,x\n"
      ) == """
        6 faults; nothing was written.
          F line 3: series "x" is told already in F line 2
          F line 4: time "2024-03-11T16:00:00Z" comes after a later one: rows must be in increasing time
          F line 5: time "noon" is no instant such as 2024-03-12T16:00:00Z
          F line 5: series is missing
          F line 5: value "1e5" is no decimal with at most nine digits behind the point
          F line 6: row "2024-03-13,x" is no row of 3 columns, as the header has; it has 2
        Correct the source; `engine help import points` says what it holds.
        """)
    #expect(try problem("time,series,value\n") == "no data point in F: nothing to import")
  }
}
