package import Core
import Crypto
import Events
import Journal

/// The state before one event of a run, in a file beside its journal: a projection that can be deleted and made again.
///
/// Bytes: `ESNP`, version 1, run id (16), sequence of the next event (8, lowest first), SHA-256 over all of these and the state (32), the
/// state.
package enum Snapshot {
  static let magic: [UInt8] = Array("ESNP".utf8)
  static let version: UInt8 = 1

  /// `RUN.zst.snapshot-000000100000`: sorts by sequence.
  package static func path(journal: String, sequence: UInt64) -> String {
    let digits = String(sequence)
    return "\(journal).snapshot-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
  }

  package static func encode(_ engine: borrowing Engine, runID: [UInt8], sequence: UInt64) -> [UInt8] {
    var state = ByteBuffer(capacity: 64 * 1024)
    engine.encodeState(into: &state)
    let bytes = state.array
    var file = ByteBuffer(capacity: bytes.count + 64)
    file.append(magic)
    file.append(version)
    file.append(runID)
    file.appendFixed(sequence)
    file.append(Snapshot.digest(header: file.array, state: bytes))
    file.append(bytes)
    return file.array
  }

  private static func digest(header: [UInt8], state: [UInt8]) -> [UInt8] {
    Array(SHA256.hash(data: header + state))
  }

  /// Restores `engine`, made from the same run's event 0, and returns the sequence of the next event.
  /// - Throws: `RunError.snapshotInvalid` where the file is of another run, damaged or of another version.
  package static func decode(
    _ bytes: [UInt8], into engine: inout Engine, runID: [UInt8], path: String
  ) throws(RunError) -> UInt64 {
    let headerBytes = 4 + 1 + 16 + 8 + 32
    guard bytes.count > headerBytes, Array(bytes[0..<4]) == magic, bytes[4] == version, Array(bytes[5..<21]) == runID
    else { throw .snapshotInvalid(path: path) }
    var sequence: UInt64 = 0
    for position in 0..<8 { sequence |= UInt64(bytes[21 + position]) << UInt64(position * 8) }
    let state = Array(bytes[headerBytes...])
    guard digest(header: Array(bytes[0..<29]), state: state) == Array(bytes[29..<61]) else {
      throw .snapshotInvalid(path: path)
    }
    do throws(DecodeError) {
      var failure: DecodeError?
      state.withUnsafeBytes { raw in
        var reader = ByteReader(raw)
        do throws(DecodeError) {
          try engine.decodeState(&reader)
          try reader.requireEnd()
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
    } catch {
      throw .snapshotInvalid(path: path)
    }
    return sequence
  }
}
