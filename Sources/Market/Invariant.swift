/// Stops the process when `condition` is false, naming the broken rule and the two numbers that show it.
///
/// `precondition` keeps its check but loses its message in release builds; this keeps both, costs one branch,
/// and allocates nothing on the good path.
@inlinable
@inline(always)
public func invariant(
  _ condition: Bool, _ rule: StaticString, _ first: Int64 = 0, _ second: Int64 = 0,
  file: StaticString = #fileID, line: UInt = #line
) {
  if !condition { brokenInvariant(rule, first, second, file: file, line: line) }
}

@usableFromInline
@inline(never)
func brokenInvariant(
  _ rule: StaticString, _ first: Int64, _ second: Int64, file: StaticString, line: UInt
) -> Never {
  fatalError("broken invariant: \(rule) (\(first), \(second))", file: file, line: line)
}
