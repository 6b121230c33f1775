import CZlib
import CZstd
import Feeds
import Foundation
import Testing

/// Packed inputs: told by their first bytes, equal to plain ones, refused when cut or damaged.
@Suite struct PackedInputTests {
  @Test("reads gzip and zstd as it reads plain text, whatever the file is called")
  func equalToPlain() throws {
    let scenario = try ImportScenario()
    let plain = RandomBars.text(count: 40_000, seed: 1)
    let half = plain.prefix(plain.count / 2)
    let rest = plain.suffix(plain.count - half.count)
    let variants: [(String, Data)] = [
      ("plain.csv", plain),
      ("one.csv", Packing.gzip(plain)),
      ("members.csv", Packing.gzip(half) + Packing.gzip(rest) + Data(count: 512)),
      ("one.txt", Packing.zstd(plain)),
      ("frames.gz", Packing.zstd(half) + Packing.zstd(rest)),
    ]
    for (name, bytes) in variants {
      try scenario.write(name, bytes)
      let report = try scenario.importing(
        [scenario.path(name)], try .named("ohlcv"), symbols: ["X"], output: name + ".out")
      #expect(report.bars == 40_000)
      #expect(try scenario.bars(name + ".out") == (try scenario.bars("plain.csv.out")), "\(name)")
    }
  }

  @Test("refuses a packed file that ends early or holds a flipped byte, and says to fetch it again")
  func damaged() throws {
    let scenario = try ImportScenario()
    let plain = RandomBars.text(count: 2_000, seed: 2)
    for (name, packed) in [("gzip", Packing.gzip(plain)), ("zstd", Packing.zstd(plain))] {
      for cut in [packed.count - 1, packed.count / 2, 40] {
        let path = try scenario.write("cut", packed.prefix(cut))
        let refusal = try scenario.refusal([path], try .named("ohlcv"))
        #expect(refusal == "cut ends in the middle of its \(name) stream: fetch it again", "\(cut)")
      }
      var flipped = packed
      flipped[packed.count / 2] ^= 0x10
      let path = try scenario.write("flipped", flipped)
      #expect(try scenario.refusal([path], try .named("ohlcv")) != nil)
    }
    let path = try scenario.write("tail", Packing.gzip(plain) + Data("more".utf8))
    #expect(
      try scenario.refusal([path], try .named("ohlcv"))
        == "tail is damaged: its gzip stream can't be unpacked (code -3): fetch it again")
    #expect(try scenario.names == ["cut", "flipped", "tail"])
  }
}

/// Packers that the tests bring along, so that no program has to be there.
enum Packing {
  static func gzip(_ plain: some DataProtocol) -> Data {
    let source = [UInt8](plain)
    var stream = z_stream()
    deflateInit2_(
      &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    var target = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(source.count))))
    let count = source.withUnsafeBufferPointer { input in
      target.withUnsafeMutableBufferPointer { output in
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        deflate(&stream, Z_FINISH)
        return output.count - Int(stream.avail_out)
      }
    }
    deflateEnd(&stream)
    return Data(target.prefix(count))
  }

  static func zstd(_ plain: some DataProtocol) -> Data {
    let source = [UInt8](plain)
    var target = [UInt8](repeating: 0, count: ZSTD_compressBound(source.count))
    let count = ZSTD_compress(&target, target.count, source, source.count, 3)
    return Data(target.prefix(count))
  }
}
