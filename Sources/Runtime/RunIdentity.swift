package import Core
import Crypto
package import Events
package import Market

/// Names a run by what determines it: reducer version, canonical profile, inputs, and where its journal is rolled.
package enum RunIdentity {
  static let domain = "engine.run.v1"

  package static func digest(_ text: String) -> [UInt8] {
    Array(SHA256.hash(data: Array(text.utf8)))
  }

  /// The first 16 bytes of SHA-256 over domain, reducer version (8 bytes, lowest first), profile digest, inputs digest.
  ///
  /// A run that rolls its journal has other sequences, and so other order ids: its domain is followed by ` roll ` and the rule.
  package static func runID(profileDigest: [UInt8], inputsDigest: [UInt8], roll: JournalRoll?) -> [UInt8] {
    var buffer = ByteBuffer()
    buffer.append(Array((domain + (roll.map { " roll \($0)" } ?? "")).utf8))
    buffer.appendFixed(reducerVersion)
    buffer.append(profileDigest)
    buffer.append(inputsDigest)
    return Array(SHA256.hash(data: buffer.array).prefix(16))
  }

  /// Names the inputs of a run over recorded bars: their journal's head, and those of the actions' and the points' where some are given beside them.
  package static func inputsDigest(bars: [UInt8], actions: [UInt8]?, points: [UInt8]? = nil) -> [UInt8] {
    if actions == nil, points == nil { return bars }
    var buffer = ByteBuffer()
    buffer.append(Array((points == nil ? "engine.inputs.v1" : "engine.inputs.points.v1").utf8))
    buffer.append(bars)
    if let actions { buffer.append(actions) }
    if let points { buffer.append(points) }
    return Array(SHA256.hash(data: buffer.array))
  }

  /// Names the inputs of a run whose inputs nobody has before they come: the instance's name and the first input, the clock's reading at its start.
  package static func liveInputs(instance: String, first: Timer, time: Timestamp) -> [UInt8] {
    var buffer = ByteBuffer()
    buffer.append(Array("engine.live.v1".utf8))
    buffer.appendText(instance)
    buffer.appendZigzag(time.nanos)
    first.encode(into: &buffer, sequence: 1)
    return Array(SHA256.hash(data: buffer.array))
  }

  /// SHA-256 over a domain and the state's canonical bytes.
  package static func stateDigest(_ engine: borrowing Engine) -> [UInt8] {
    var buffer = ByteBuffer()
    buffer.append(Array("engine.state.v1".utf8))
    engine.encodeState(into: &buffer)
    return Array(SHA256.hash(data: buffer.array))
  }
}
