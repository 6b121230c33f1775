// Goal: a journal is a zstd file to every other program. Method: the system's zstd on journals written to disk.
import Foundation
import Market
import Testing

@testable import Journal

@Suite("Stock zstd")
struct StockToolTests {
  private func run(_ arguments: [String]) throws -> (status: Int32, output: [UInt8]) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Foundation.Data()
    process.waitUntilExit()
    return (process.terminationStatus, Array(bytes))
  }

  @Test("accepts sealed journals, lists them and prints their canonical stream", arguments: [0, 1, 500])
  func acceptsJournals(eventCount: Int) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { removeFolder(folder) }
    let path = folder.appending(path: "mix.zst").path
    let file = try PosixFile.create(path: path)
    var writer = try JournalWriter(file: file, options: JournalOptions(limits: BlockLimits(events: 64, rowBytes: 900)))
    try EventMix(seed: 51, eventCount: eventCount).append(to: &writer)
    let summary = try writer.seal()
    try file.close()

    var canonical: [UInt8] = []
    var reader = try JournalReader(path: path)
    #expect(reader.summary == summary)
    var block = DecodedBlock()
    while try reader.nextBlock(&block) { canonical += Array(block.canonicalBytes) }
    #expect(UInt64(canonical.count) == summary.canonicalBytes)

    #expect(try run(["zstd", "-t", "-q", path]).status == 0)
    #expect(try run(["zstd", "-l", "-q", path]).status == 0)
    let printed = try run(["zstd", "-dc", "-q", path])
    #expect(printed.status == 0)
    #expect(printed.output == canonical)
  }

  private func removeFolder(_ folder: URL) {
    do { try FileManager.default.removeItem(at: folder) } catch { Issue.record("\(folder.path): \(error)") }
  }
}
