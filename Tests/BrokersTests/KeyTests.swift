import Foundation
import Testing

@testable import Brokers

/// Keys come from where nobody else can read them, and no text of the room shows one.
@Suite struct KeyTests {
  static let content = "s3cr3t-NEVER-SHOWN"

  static func folder() throws -> String {
    let path = NSTemporaryDirectory() + "engine-keys-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  static func write(_ text: String, mode: Int, to path: String) throws {
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  @Test(
    "reads a key from an environment variable, a file of mode 0600 and a systemd credential, without the last newline")
  func sources() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Self.write(Self.content + "\n", mode: 0o600, to: folder + "/key")
    try Self.write(Self.content + "\r\n", mode: 0o440, to: folder + "/credential")
    let environment = { (name: String) -> String? in
      ["KEY": Self.content, "CREDENTIALS_DIRECTORY": folder][name]
    }
    for source in [KeySource.environment("KEY"), .file(folder + "/key"), .credential("credential")] {
      #expect(try source.secret(environment: environment).revealedText() == Self.content)
    }
  }

  @Test("refuses a file that others may use, naming its mode and what to do", arguments: [0o640, 0o604, 0o666, 0o700])
  func openFile(mode: Int) throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/key"
    try Self.write(Self.content, mode: mode, to: path)
    let error = #expect(throws: KeyError.tooOpen(path: path, mode: mode)) {
      _ = try KeySource.file(path).secret { _ in nil }
    }
    #expect(error?.description.contains("chmod 600 \(path)") == true)
  }

  @Test("refuses links, folders, what is empty, too long or not there, and credentials that leave their folder")
  func refusals() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Self.write(Self.content, mode: 0o600, to: folder + "/key")
    try Self.write("\n", mode: 0o600, to: folder + "/empty")
    try Self.write(String(repeating: "x", count: 20_000), mode: 0o600, to: folder + "/long")
    try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: folder + "/key")
    func error(_ source: KeySource) -> KeyError? {
      do throws(KeyError) {
        _ = try source.secret { _ in nil }
        return nil
      } catch {
        return error
      }
    }
    #expect(error(.file(folder + "/link")) == .unreadable(path: folder + "/link", errno: ELOOP))
    #expect(error(.file(folder)) == .notAFile(path: folder))
    #expect(error(.file(folder + "/empty")) == .empty(.file(folder + "/empty")))
    #expect(error(.file(folder + "/long")) == .tooLong(path: folder + "/long", byteCount: 20_000))
    #expect(error(.file(folder + "/none")) == .unreadable(path: folder + "/none", errno: ENOENT))
    #expect(error(.environment("NONE")) == .variableMissing("NONE"))
    #expect(error(.credential("a/../b")) == .invalidCredentialName("a/../b"))
    #expect(error(.credential("key")) == .noCredentials("key"))
    for case let text? in [KeySource.file(folder + "/link"), .file(folder), .environment("NONE"), .credential("key")]
      .map({
        error($0)?.description
      })
    {
      #expect(text.contains(": ") && !text.contains(Self.content))
    }
  }

  @Test("shows a secret in no description, no reflection and no dump")
  func hidden() throws {
    let secret = Secret(Self.content)
    var dumped = ""
    dump(secret, to: &dumped)
    let key = try BinanceKey(apiKey: secret, secret: Secret(Self.content))
    dump(key, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), dumped, "\(key)", String(reflecting: key)] {
      #expect(!text.contains(Self.content), "\(text)")
    }
  }
}
