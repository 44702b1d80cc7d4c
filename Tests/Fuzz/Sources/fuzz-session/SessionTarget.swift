import FuzzInput
import MilterCore

/// An MTA sends arbitrary commands to a filter with arbitrary behavior.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  var input = FuzzInput(data, size)
  let pieces = input.pieces()
  var filter = FuzzedFilter(input)
  for piece in pieces where !filter.hasEnded { filter.take(piece) }
  filter.end()
  return 0
}
