// Goal: the Merkle tree is that of RFC 6962, and a path holds for one leaf at one place in one tree only. Method: every size up to 70 against the
// definition written down naively, the vectors of the Certificate Transparency project, and every kind of forgery on every path.
import Crypto
import Events
import Market
import Testing

@testable import Journal

@Suite("Merkle tree")
struct MerkleTreeTests {
  /// RFC 6962 §2.1 word by word.
  static func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
    if leaves.isEmpty { return Array(SHA256.hash(data: [UInt8]())) }
    if leaves.count == 1 { return Array(SHA256.hash(data: [0] + leaves[leaves.startIndex])) }
    let middle = leaves.startIndex + split(leaves.count)
    return Array(SHA256.hash(data: [1] + root(leaves[..<middle]) + root(leaves[middle...])))
  }

  /// RFC 6962 §2.1.1 word by word.
  static func path(_ index: Int, _ leaves: ArraySlice<[UInt8]>) -> [[UInt8]] {
    if leaves.count <= 1 { return [] }
    let middle = split(leaves.count)
    let left = leaves[..<(leaves.startIndex + middle)]
    let right = leaves[(leaves.startIndex + middle)...]
    return index < middle ? path(index, left) + [root(right)] : path(index - middle, right) + [root(left)]
  }

  /// The largest power of two below `count`.
  private static func split(_ count: Int) -> Int {
    var power = 1
    while power * 2 < count { power *= 2 }
    return power
  }

  static func tree(_ leaves: [[UInt8]], witness: Int? = nil) -> MerkleTree {
    var tree = MerkleTree(witness: witness.map { UInt64($0) })
    for leaf in leaves { leaf.withUnsafeBytes { tree.append($0) } }
    return tree
  }

  static func leaves(_ count: Int) -> [[UInt8]] {
    var random = SplitMix64(seed: 6962)
    return (0..<count).map { _ in
      (0..<random.next(below: 50)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }
  }

  @Test("root and every path are those of the definition, and lead back to the root, for all sizes up to 70")
  func definition() {
    let all = Self.leaves(70)
    for count in 0...70 {
      let leaves = Array(all[..<count])
      let root = Self.root(leaves[...])
      #expect(Self.tree(leaves).close().root == root, "\(count)")
      for index in leaves.indices {
        let (found, path) = Self.tree(leaves, witness: index).close()
        #expect(found == root && path == Self.path(index, leaves[...]), "\(index) of \(count)")
        #expect(
          MerkleTree.root(leaf: leaves[index], index: UInt64(index), size: UInt64(count), path: path) == root,
          "\(index) of \(count)")
      }
    }
  }

  @Test("the vectors of Certificate Transparency's own tests")
  func vectors() {
    let inputs = [
      "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ]
    let roots = [
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    let leaves = inputs.compactMap { NoteText.bytes(hex: $0[...]) }
    #expect(leaves.count == inputs.count)
    for (count, root) in roots.enumerated() {
      #expect(NoteText.hex(Self.tree(Array(leaves[..<count])).close().root) == root, "\(count)")
    }
  }

  @Test("a path holds for its leaf, its place and its size alone, and in its own length")
  func forgeries() {
    let all = Self.leaves(33)
    for count in 1...33 {
      let leaves = Array(all[..<count])
      let root = Self.root(leaves[...])
      for index in leaves.indices {
        let path = Self.path(index, leaves[...])
        func leads(_ leaf: [UInt8]? = nil, index other: Int? = nil, size: Int? = nil, along path: [[UInt8]]) -> Bool {
          MerkleTree.root(
            leaf: leaf ?? leaves[index], index: UInt64(other ?? index), size: UInt64(size ?? count), path: path) == root
        }
        #expect(leads(along: path))
        for other in 0..<(count + 2) where other != index {
          #expect(!leads(index: other, along: path), "\(index) as \(other)")
        }
        #expect(!leads(leaves[index] + [0], along: path))
        #expect(!leads(along: path + [root]) && !leads(along: [root] + path))
        if !path.isEmpty {
          #expect(!leads(along: Array(path.dropLast())) && !leads(along: Array(path.dropFirst())))
          #expect(!leads(along: [Array(path[0].dropLast())] + path.dropFirst()))
          // The two nodes below the root, passed off as one leaf of a tree of one.
          let isLeft = index < Self.split(count)
          let inner = Self.root(isLeft ? leaves[..<Self.split(count)] : leaves[Self.split(count)...])
          let node = isLeft ? inner + path[path.count - 1] : path[path.count - 1] + inner
          #expect(Array(SHA256.hash(data: [1] + node)) == root)
          #expect(!leads(node, index: 0, size: 1, along: []))
        }
      }
    }
  }

  @Test("an event's leaf gives the event back, and no leaf has two spellings")
  func leaves() throws {
    let mix = EventMix(seed: 77, eventCount: 300)
    let bytes = try mix.journal(options: JournalOptions(limits: BlockLimits(events: 40, rowBytes: 4_000))).bytes
    var reader = try JournalReader(file: MemoryFile(bytes: bytes))
    var leaves: [[UInt8]] = []
    var block = DecodedBlock()
    var scratch = ByteBuffer(capacity: 64)
    while try reader.nextBlock(&block) { try EventLeaf.each(block, &scratch) { leaves.append(Array($0)) } }
    #expect(try leaves.map { EventMix.Expected(try EventLeaf.event(of: $0)) } == mix.expected)
    var events = try JournalReader(file: MemoryFile(bytes: bytes))
    var place = 0
    while let event = try events.next() {
      #expect(EventLeaf.bytes(of: event) == leaves[place])
      place += 1
    }
    // Any other bytes are another event or none.
    var random = SplitMix64(seed: 78)
    for leaf in leaves {
      var changed = leaf
      changed[Int(random.next(below: Int64(leaf.count)))] ^= 1 << UInt8(random.next(below: 8))
      do throws(DecodeError) {
        #expect(EventLeaf.bytes(of: try EventLeaf.event(of: changed)) == changed)
      } catch { continue }
      #expect(throws: DecodeError.self) { try EventLeaf.event(of: changed + [0]) }
    }
    for count in 0..<leaves[0].count {
      #expect(throws: DecodeError.self) { try EventLeaf.event(of: Array(leaves[0][..<count])) }
    }
    // The file's report has the same root as its leaves.
    #expect(try verifyJournal(file: MemoryFile(bytes: bytes), withRoot: true).merkleRoot == Self.root(leaves[...]))
    #expect(try verifyJournal(file: MemoryFile(bytes: bytes)).merkleRoot == nil)
  }
}
