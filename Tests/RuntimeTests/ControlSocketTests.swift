// Goal: the control socket is its owner's alone, answers an honest peer quickly whatever hostile ones do, and leaves nothing behind. Method: real
// sockets of this process: slow, oversized, garbage, silent and many.
import Events
import Foundation
import Glibc
import Market
import Synchronization
import Testing

@testable import Runtime

/// A thread that takes what is left on a desk and answers as a run would.
private final class Taker: Sendable {
  private let isStopped = Atomic<Bool>(false)
  private let taken = Mutex<[ControlRequest]>([])
  private let hasEnded = DispatchSemaphore(value: 0)
  var requests: [ControlRequest] { taken.withLock { $0 } }

  init(_ desk: ControlDesk) {
    DispatchQueue(label: "taker").async { [self] in
      var sequence: UInt64 = 0
      while !isStopped.load(ordering: .acquiring) {
        guard let entry = desk.take() else {
          _ = poll(nil, 0, 1)
          continue
        }
        sequence += 1
        taken.withLock { $0.append(entry.request) }
        desk.answer(
          entry,
          .appended(
            ControlReceipt(
              word: entry.request.word, sequence: sequence, time: .init(nanos: 0), isDurable: true, causedCount: 0,
              alerts: [])))
      }
      hasEnded.signal()
    }
  }

  func stop() {
    isStopped.store(true, ordering: .releasing)
    hasEnded.wait()
  }
}

@Suite("Control socket", .serialized)
struct ControlSocketTests {
  private let folder: TemporaryFolder
  private let watch: KillWatch
  private var path: String { folder.path + "/run.zst.control" }

  init() throws {
    folder = try TemporaryFolder()
    watch = try KillWatch(KillWatch.Sources(file: folder.path + "/KILL.flag", environment: nil, signal: false))
  }

  /// A connection that says nothing yet.
  private func connection() throws -> Int32 {
    let address = try SocketAddress(path: path)
    let descriptor = try SocketAddress.makeSocket(path: path)
    try #require(address.call { connect(descriptor, $0, $1) } == 0)
    return descriptor
  }

  private func send(_ bytes: [UInt8], to descriptor: Int32) {
    _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// All that comes until the other end closes.
  private func answer(_ descriptor: Int32) -> String {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count <= 0 { return String(decoding: all, as: UTF8.self) }
      all += buffer[..<count]
    }
  }

  @Test("is a socket for its owner alone, answers, and is gone at the end")
  func honest() throws {
    try watch.listen(at: path)
    try watch.listen(at: path + "-again")
    var status = stat()
    #expect(lstat(path, &status) == 0)
    #expect(status.st_mode == S_IFSOCK | 0o600)
    let taker = Taker(watch.desk)
    let answer = try ControlClient.ask(.command(OperatorCommand(command: .halt, reason: "a \"b\"\n")), at: path)
    #expect(
      answer
        == #"{"ok":true,"request":"halt","sequence":1,"time":"1970-01-01T00:00:00Z","durable":true,"caused":0,"alerts":[]}"#
    )
    #expect(taker.requests == [.command(OperatorCommand(command: .halt, reason: "a \"b\" "))])
    #expect(try ControlClient.ask(.kill(KillSwitch(source: .command, reason: "")), at: path).contains(#""sequence":2"#))
    #expect(try ControlClient.ask(.kill(KillSwitch(source: .command, reason: "")), at: path).contains("already_killed"))
    // A resume under a standing kill file would not last.
    try folder.touch("KILL.flag")
    let resume = ControlRequest.command(OperatorCommand(command: .resume, reason: "x"))
    #expect(try ControlClient.ask(resume, at: path).contains("still there"))
    try folder.remove("KILL.flag")
    #expect(try ControlClient.ask(resume, at: path).contains(#""ok":true"#))
    taker.stop()
    watch.stop()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    #expect(throws: ControlError.nobodyListens(path: path)) { try ControlClient.ask(.status, at: path) }
  }

  @Test("answers those who still wait when the run ends")
  func runEnds() throws {
    try watch.listen(at: path)
    let peer = try connection()
    send(Array("halt now\n".utf8), to: peer)
    #expect(happens { watch.desk.isWaiting })
    watch.stop()
    #expect(answer(peer).contains("the run ended before this was taken"))
    close(peer)
  }

  @Test("tells peers that are wrong what is wrong, and takes no line that its sender did not end")
  func wrong() throws {
    try watch.listen(at: path)
    let cases: [([UInt8], String)] = [
      (Array("kill\u{1}\n".utf8), "control characters"), ([0xff, 0xfe, 10], "no UTF-8"),
      (Array("GET / HTTP/1.1\r\n".utf8), "control characters"), (Array("help me\n".utf8), "is no request"),
      (Array("resume\n".utf8), "needs a reason"), ([UInt8](repeating: 0x61, count: 200_000), "longer than 4096"),
      (Array("kill ".utf8) + [UInt8](repeating: 0x61, count: 4_092) + [10], "longer than 4096"),
    ]
    for (bytes, text) in cases {
      let peer = try connection()
      send(bytes, to: peer)
      #expect(answer(peer).contains(text), "\(text)")
      close(peer)
    }
    let half = try connection()
    send(Array("kill everything".utf8), to: half)
    shutdown(half, Int32(SHUT_WR))
    #expect(answer(half) == "")
    close(half)
    #expect(watch.desk.take() == nil)
    watch.stop()
  }

  @Test("gives up on slow peers, and answers an honest one at once however many others there are")
  func hostile() throws {
    try watch.listen(at: path)
    let taker = Taker(watch.desk)
    var peers: [Int32] = []
    for round in 0..<300 {
      let peer = try connection()
      send(Array("kil".utf8), to: peer)
      peers.append(peer)
      if round % 50 == 49 {
        let before = ContinuousClock.now
        let answer = try ControlClient.ask(.command(OperatorCommand(command: .rearm, reason: "r")), at: path)
        let time = ContinuousClock.now - before
        #expect(answer.contains(#""ok":true"#))
        // One that waited for the others would wait 2 s for each; how fast a busy machine is isn't the question.
        #expect(time < .seconds(20), "\(time) with \(round + 1) others")
      }
    }
    // The last of them were not pushed out and end by the limit of time.
    #expect(answer(peers[299]).contains("no whole line came within 2 s"))
    for peer in peers { close(peer) }
    #expect(taker.requests.count == 6)
    taker.stop()
    watch.stop()
  }

  @Test("survives peers that leave before their answer, and hears others meanwhile")
  func peerLeaves() throws {
    try watch.listen(at: path)
    for _ in 0..<40 {
      let peer = try connection()
      send(Array("halt now\n".utf8), to: peer)
      close(peer)
    }
    #expect(happens { watch.desk.isWaiting })
    let taker = Taker(watch.desk)
    let answer = try ControlClient.ask(.command(OperatorCommand(command: .halt, reason: "r")), at: path)
    #expect(answer.contains(#""ok":true"#))
    #expect(taker.requests.count >= 33)
    taker.stop()
    watch.stop()
  }

  @Test("replaces a dead process's socket, and never a living one's or another file")
  func stale() throws {
    let address = try SocketAddress(path: path)
    let dead = try SocketAddress.makeSocket(path: path)
    #expect(address.call { bind(dead, $0, $1) } == 0)
    close(dead)
    try watch.listen(at: path)
    let other = try KillWatch(KillWatch.Sources(file: nil, environment: nil, signal: false))
    #expect(throws: ControlError.inUse(path: path)) { try other.listen(at: path) }
    other.stop()
    let third = try KillWatch(KillWatch.Sources(file: nil, environment: nil, signal: false))
    try folder.touch("plain.control")
    #expect(throws: ControlError.notSocket(path: folder.path + "/plain.control")) {
      try third.listen(at: folder.path + "/plain.control")
    }
    third.stop()
    #expect(FileManager.default.fileExists(atPath: folder.path + "/plain.control"))
    // Another file in the socket's place is not ours to remove.
    try folder.remove("run.zst.control")
    try folder.touch("run.zst.control")
    watch.stop()
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test("listens and is found at paths longer than a socket's name may be, and says where one is too long")
  func longPaths() throws {
    let deep = folder.path + "/" + String(repeating: "d", count: 120)
    try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: false)
    let taker = Taker(watch.desk)
    let long = deep + "/run.zst.control"
    try watch.listen(at: long)
    #expect(try ControlClient.ask(.command(OperatorCommand(command: .halt, reason: "r")), at: long).contains("true"))
    taker.stop()
    watch.stop()
    #expect(try FileManager.default.contentsOfDirectory(atPath: deep) == [])
    let other = try KillWatch(KillWatch.Sources(file: nil, environment: nil, signal: false))
    let name = String(repeating: "n", count: 120) + ".zst.control"
    do throws(ControlError) {
      try other.listen(at: folder.path + "/" + name)
      Issue.record("listens at a name of \(name.utf8.count) bytes")
    } catch {
      guard case .nameTooLong(_, 132, let bytesMax) = error else { throw error }
      #expect((80...95).contains(bytesMax))
    }
    other.stop()
  }
}
