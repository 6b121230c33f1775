/// Why a computation on values of any size has no result; all numbers in nanos.
public enum ArithmeticError: Error, Hashable, Sendable {
  case sumOutOfRange(Int64, Int64)
  case notionalOutOfRange(price: Int64, quantity: Int64, multiplier: Int64)
  case roundingOutOfRange(nanos: Int64, step: Int64)
}
