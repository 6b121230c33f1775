// Goal: every source of a kill is seen within a second and ends in one kill on the desk; where it can't be told whether a kill is meant, nothing
// starts. Method: real files, real signals, real time; how long it took is printed, since a busy machine may take its time.
import Events
import Foundation
import Glibc
import Market
import Runtime
import Testing

/// Waits for something that another thread does; false where it didn't within the time. Long times are for busy machines.
func happens(within seconds: Double = 60, _ condition: () -> Bool) -> Bool {
  let end = ContinuousClock.now + .seconds(seconds)
  while !condition() {
    if ContinuousClock.now > end { return false }
    _ = poll(nil, 0, 5)
  }
  return true
}

/// A folder of its own that is gone afterwards.
final class TemporaryFolder {
  let path = FileManager.default.temporaryDirectory.appending(path: "engine-watch-\(UUID().uuidString)").path
  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) }
  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record("\(path): \(error)") }
  }
  func touch(_ name: String) throws { try Foundation.Data().write(to: URL(filePath: path + "/" + name)) }
  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }
}

@Suite("Kill watch", .serialized)
struct KillWatchTests {
  private func watching(
    file: String? = nil, environment: String? = nil, signal: Bool = false
  ) throws(ControlError) -> KillWatch {
    try KillWatch(KillWatch.Sources(file: file, environment: environment, signal: signal))
  }

  /// The kill that waits; nil where none does or something else.
  private func kill(_ watch: KillWatch) -> KillSwitch? {
    guard let entry = watch.desk.take(), case .kill(let kill) = entry.request else { return nil }
    return kill
  }

  @Test("sees a file that is there at the start before anything else, whatever kind of file it is")
  func fileAtStart() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/KILL.flag"
    let makers: [() throws -> Void] = [
      { try folder.touch("KILL.flag") },
      { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) },
      { try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "nowhere") },
      { #expect(mkfifo(path, 0o600) == 0) },
    ]
    for make in makers {
      try make()
      let watch = try watching(file: path)
      #expect(kill(watch) == KillSwitch(source: .file, reason: path))
      watch.stop()
      try folder.remove("KILL.flag")
    }
  }

  @Test("sees a file that appears within a second, once, and again only when it came back after a resume")
  func fileAppears() throws {
    let folder = try TemporaryFolder()
    let watch = try watching(file: folder.path + "/later/KILL.flag")
    defer { watch.stop() }
    // The folder isn't there yet either.
    #expect(!watch.desk.isWaiting)
    try FileManager.default.createDirectory(atPath: folder.path + "/later", withIntermediateDirectories: false)
    let before = ContinuousClock.now
    try folder.touch("later/KILL.flag")
    #expect(happens { watch.desk.isWaiting })
    print("kill file seen after \(ContinuousClock.now - before)")
    #expect(kill(watch)?.source == .file)
    watch.desk.note(killedAt: 4)
    try folder.remove("later/KILL.flag")
    // Gone, back, gone: a kill is on, so all of it is that kill.
    #expect(!happens(within: 0.3) { watch.desk.isWaiting })
    try folder.touch("later/KILL.flag")
    #expect(!happens(within: 0.3) { watch.desk.isWaiting })
    #expect(watch.desk.killedAt == 4)
    try folder.remove("later/KILL.flag")
    #expect(!happens(within: 0.3) { watch.desk.isWaiting })
    watch.desk.note(killedAt: nil)
    #expect(watch.desk.killedAt == nil)
    try folder.touch("later/KILL.flag")
    #expect(happens { watch.desk.isWaiting })
  }

  @Test("doesn't start where the file can't be seen, and kills where it can't be seen any more for a second")
  func hiddenFile() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/loop", withDestinationPath: "loop")
    let hidden = folder.path + "/loop/KILL.flag"
    #expect(throws: ControlError.killFileHidden(path: hidden, code: ELOOP)) { try watching(file: hidden) }
    try FileManager.default.createDirectory(atPath: folder.path + "/ok", withIntermediateDirectories: false)
    let watch = try watching(file: folder.path + "/ok/KILL.flag")
    defer { watch.stop() }
    try folder.remove("ok")
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/ok", withDestinationPath: "ok")
    #expect(!happens(within: 0.5) { watch.desk.isWaiting })
    #expect(happens { watch.desk.isWaiting })
    #expect(kill(watch)?.reason.contains("can't be seen") == true)
  }

  @Test("reads the environment once: 1 kills, 0 and nothing don't, all else is refused")
  func environment() throws {
    let killed = try watching(environment: "1")
    #expect(kill(killed) == KillSwitch(source: .environment, reason: "KILL_SWITCH=1"))
    killed.stop()
    for value in ["", "0", nil] as [String?] {
      let watch = try watching(environment: value)
      #expect(!watch.desk.isWaiting)
      watch.stop()
    }
    for value in ["true", "yes", "01", "1 ", "2"] {
      #expect(throws: ControlError.environmentUnclear(value: value)) { try watching(environment: value) }
    }
  }

  @Test("takes SIGUSR1 for a kill with its sender, and for nothing once it was stopped")
  func signal() throws {
    let watch = try watching(signal: true)
    for _ in 0..<50 { Glibc.kill(getpid(), SIGUSR1) }
    #expect(happens { watch.desk.isWaiting })
    #expect(
      kill(watch)
        == KillSwitch(source: .signal, reason: "SIGUSR1 from process \(getpid()) of user \(getuid())"))
    watch.stop()
    Glibc.kill(getpid(), SIGUSR1)
    #expect(watch.desk.take() == nil)
    watch.stop()
  }

  @Test("leaves one kill where every source sees one")
  func together() throws {
    let folder = try TemporaryFolder()
    try folder.touch("KILL.flag")
    let watch = try watching(file: folder.path + "/KILL.flag", environment: "1", signal: true)
    defer { watch.stop() }
    Glibc.kill(getpid(), SIGUSR1)
    #expect(kill(watch)?.source == .environment)
    #expect(!happens(within: 0.3) { watch.desk.isWaiting })
  }
}
