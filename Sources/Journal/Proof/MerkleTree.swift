import Crypto

/// The Merkle tree of RFC 6962 §2.1 over a list that grows: holds one hash for each set bit of its length, and the path of one leaf.
///
/// Leaves and nodes are hashed with different first bytes, so that no node can be passed off as a leaf.
struct MerkleTree {
  typealias Hash = SHA256.Digest

  /// Perfect subtrees from left to right, each larger than the next: one for each set bit of `count`.
  private var subtrees: [Hash] = []
  private(set) var count: UInt64 = 0
  /// The leaf whose path is gathered.
  private let witness: UInt64?
  private var path: [Hash] = []

  /// - Parameter witness: the place of the leaf that `close` gives the path of.
  init(witness: UInt64? = nil) { self.witness = witness }

  /// Appends a leaf.
  mutating func append(_ leaf: UnsafeRawBufferPointer) {
    var hash = MerkleTree.leaf(leaf)
    var level: UInt64 = 0
    // Every set bit below the lowest clear one is a subtree that becomes whole with this leaf.
    while count >> level & 1 == 1 {
      let left = subtrees.removeLast()
      let first = (count >> (level + 1)) << (level + 1)
      note(left, hash, leftCovers: first..<first + 1 << level, rightEnd: count + 1)
      hash = MerkleTree.node(left, hash)
      level += 1
    }
    subtrees.append(hash)
    count += 1
  }

  /// The root, and the path of the leaf that was asked for, from the leaf up (RFC 6962 §2.1.1).
  func close() -> (root: [UInt8], path: [[UInt8]]) {
    var tree = self
    guard var hash = tree.subtrees.popLast() else { return (Array(SHA256().finalize()), []) }
    var first = count & (count - 1)
    while let left = tree.subtrees.popLast() {
      let leftFirst = first & (first - 1)
      tree.note(left, hash, leftCovers: leftFirst..<first, rightEnd: count)
      hash = MerkleTree.node(left, hash)
      first = leftFirst
    }
    return (Array(hash), tree.path.map { Array($0) })
  }

  /// Where the leaf asked for is under one of two nodes that are joined, the other belongs to its path.
  private mutating func note(_ left: Hash, _ right: Hash, leftCovers: Range<UInt64>, rightEnd: UInt64) {
    guard let witness, witness >= leftCovers.lowerBound, witness < rightEnd else { return }
    path.append(leftCovers.contains(witness) ? right : left)
  }

  static func leaf(_ bytes: UnsafeRawBufferPointer) -> Hash {
    var hash = SHA256()
    withUnsafeBytes(of: UInt8(0)) { hash.update(bufferPointer: $0) }
    hash.update(bufferPointer: bytes)
    return hash.finalize()
  }

  private static func node(_ left: Hash, _ right: Hash) -> Hash {
    left.withUnsafeBytes { left in right.withUnsafeBytes { node(left, $0) } }
  }

  private static func node(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Hash {
    var hash = SHA256()
    withUnsafeBytes(of: UInt8(1)) { hash.update(bufferPointer: $0) }
    hash.update(bufferPointer: left)
    hash.update(bufferPointer: right)
    return hash.finalize()
  }

  /// The root that a leaf's path leads to (RFC 9162 §2.1.3.2).
  ///
  /// Nil where the index is outside the tree, or the path is longer or shorter than that leaf's is: both are facts of index and size alone, so that
  /// a proof has one shape.
  static func root(leaf: [UInt8], index: UInt64, size: UInt64, path: [[UInt8]]) -> [UInt8]? {
    guard index < size else { return nil }
    var place = index
    var last = size - 1
    var hash = Array(leaf.withUnsafeBytes { MerkleTree.leaf($0) })
    for sibling in path {
      guard last > 0, sibling.count == SHA256.byteCount else { return nil }
      if place & 1 == 1 || place == last {
        hash = node(sibling, hash)
        while place & 1 == 0, place > 0 {
          place >>= 1
          last >>= 1
        }
      } else {
        hash = node(hash, sibling)
      }
      place >>= 1
      last >>= 1
    }
    return last == 0 ? hash : nil
  }

  private static func node(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    left.withUnsafeBytes { left in right.withUnsafeBytes { Array(node(left, $0)) } }
  }
}
