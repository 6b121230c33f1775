import Events
import Foundation
import Market
import Testing

/// The bytes of every kind, as journals hold them, are kept in Golden/NAME.vN.hex: first the ordinary sample's row, then the
/// extreme one's. They are read for ever: a file that is missing or differs fails, and nothing rewrites one. With
/// UPDATE_GOLDEN=1 a missing file is written, and the test still fails that once.
@Suite struct GoldenBytesTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  static func hex(_ bytes: [UInt8]) -> String {
    // 32 bytes a line, so that a difference shows where it is.
    var text = ""
    for (offset, byte) in bytes.enumerated() {
      text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
      if offset % 32 == 31, offset + 1 < bytes.count { text += "\n" }
    }
    return text
  }

  @Test("has one sample for each kind of the registry, in its order")
  func samplesCoverRegistry() throws {
    let samples = try Samples.all()
    #expect(samples.map { type(of: $0.ordinary).kind } == EventRegistry.bodies.map { $0.kind })
    for sample in samples { #expect(type(of: sample.ordinary) == type(of: sample.extreme)) }
  }

  @Test("writes every kind's bytes as they were first written", arguments: EventRegistry.bodies.map { "\($0.name)" })
  func keepsBytes(_ name: String) throws {
    let kind = try #require(EventRegistry.kind(named: name))
    let sample = try #require(try Samples.all().first { type(of: $0.ordinary).kind == kind })
    let version = type(of: sample.ordinary).version
    let text = """
      \(Self.hex(sample.ordinary.row(isExtreme: false)))

      \(Self.hex(sample.extreme.row(isExtreme: true)))

      """
    let file = Self.folder.appending(path: "\(name).v\(version).hex")
    guard FileManager.default.fileExists(atPath: file.path) else {
      if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        try text.write(to: file, atomically: true, encoding: .utf8)
      }
      Issue.record("no golden bytes for \(name) version \(version): \(file.path)")
      return
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }

  @Test("reads every golden file, of today's and of older versions, back to the same bytes")
  func readsGoldenFiles() throws {
    let files = try FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "hex" }
    #expect(files.count >= EventRegistry.bodies.count)
    for file in files {
      let name = file.deletingPathExtension().deletingPathExtension().lastPathComponent
      let kind = try #require(EventRegistry.kind(named: name), "\(file.lastPathComponent) belongs to no kind")
      let rows = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n\n")
      #expect(rows.count == 2)
      for (row, sequence) in zip(rows, [Samples.ordinarySequence, Samples.extremeSequence]) {
        let digits = Array(row.filter { !$0.isNewline }.utf8)
        let bytes = try stride(from: 0, to: digits.count, by: 2).map {
          try #require(UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16))
        }
        try bytes.withUnsafeBytes { raw in
          var reader = ByteReader(raw)
          let row = try EventRow(&reader, sequence: sequence)
          #expect(row.kind == kind)
          _ = try row.decodeAny(sequence: sequence)
          #expect(reader.isAtEnd)
        }
      }
    }
  }
}
