import Glibc

extension UnsafeRawBufferPointer {
  /// Whether all bytes are 0. One call for all of them: a live tail is mostly zeros.
  var isZeros: Bool {
    guard let base = baseAddress, count > 0 else { return true }
    return self[0] == 0 && memcmp(base, base + 1, count - 1) == 0
  }

  /// How many bytes there are up to the last one that is not 0.
  var countWithoutZeros: Int {
    var used = count
    let step = 512
    while used >= step, UnsafeRawBufferPointer(rebasing: self[(used - step)..<used]).isZeros { used -= step }
    while used > 0, self[used - 1] == 0 { used -= 1 }
    return used
  }
}
