import FuzzInput

/// A filter edits a message with arbitrary header fields and parts.
///
/// The decisions of the input select the filter's actions.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  var input = FuzzInput(data, size)
  // Longer input takes seconds and finds nothing more.
  guard input.rest.count < 20_000 else { return 0 }
  FieldCheck.check(input.rest)
  TextCheck.check(input.rest)
  EditCheck.check(&input)
  return 0
}

/// Ends the program if a condition does not hold.
func require(_ isTrue: Bool, _ promise: @autoclosure () -> String) {
  if !isTrue { fatalError(promise()) }
}
