/// SHA-256 (FIPS 180-4), for digests that other programs made: this target depends on no package.
func sha256(_ message: [UInt8]) -> String {
  var hash: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  var padded = message + [0x80]
  while padded.count % 64 != 56 { padded.append(0) }
  let bitCount = UInt64(message.count) * 8
  for shift in stride(from: UInt64(56), through: 0, by: -8) {
    padded.append(UInt8(truncatingIfNeeded: bitCount >> shift))
  }
  var words = [UInt32](repeating: 0, count: 64)
  for start in stride(from: 0, to: padded.count, by: 64) {
    for index in 0..<16 {
      let at = start + index * 4
      words[index] =
        UInt32(padded[at]) << 24 | UInt32(padded[at + 1]) << 16 | UInt32(padded[at + 2]) << 8 | UInt32(padded[at + 3])
    }
    for index in 16..<64 {
      let first = words[index - 15]
      let second = words[index - 2]
      let s0 = first.rotated(7) ^ first.rotated(18) ^ (first >> 3)
      let s1 = second.rotated(17) ^ second.rotated(19) ^ (second >> 10)
      words[index] = words[index - 16] &+ s0 &+ words[index - 7] &+ s1
    }
    var state = hash
    for index in 0..<64 {
      let s1 = state[4].rotated(6) ^ state[4].rotated(11) ^ state[4].rotated(25)
      let choice = (state[4] & state[5]) ^ (~state[4] & state[6])
      let t1 = state[7] &+ s1 &+ choice &+ roundConstants[index] &+ words[index]
      let s0 = state[0].rotated(2) ^ state[0].rotated(13) ^ state[0].rotated(22)
      let majority = (state[0] & state[1]) ^ (state[0] & state[2]) ^ (state[1] & state[2])
      state = [t1 &+ s0 &+ majority, state[0], state[1], state[2], state[3] &+ t1, state[4], state[5], state[6]]
    }
    for index in 0..<8 { hash[index] = hash[index] &+ state[index] }
  }
  return hash.map { word in
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }.joined()
}

/// The fractional parts of the cube roots of the first 64 primes, computed in integers.
private let roundConstants: [UInt32] = {
  var primes: [UInt64] = []
  var candidate: UInt64 = 2
  while primes.count < 64 {
    if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
    candidate += 1
  }
  return primes.map { prime in
    // The largest root with root³ ≤ prime · 2⁹⁶; its low 32 bits are the fraction.
    var root: UInt64 = 0
    for bit in stride(from: UInt64(35), through: 0, by: -1) {
      let wider = UInt128(root | 1 << bit)
      if wider * wider * wider <= UInt128(prime) << 96 { root |= 1 << bit }
    }
    return UInt32(truncatingIfNeeded: root)
  }
}()

extension UInt32 {
  fileprivate func rotated(_ count: UInt32) -> UInt32 { self >> count | self << (32 - count) }
}
