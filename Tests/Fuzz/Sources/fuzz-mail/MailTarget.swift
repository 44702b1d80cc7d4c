import FuzzInput

/// A message has what it likes in its header fields and its parts, and a filter edits it.
///
/// The decisions of the input say what the filter does.
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

/// Ends the program if a promise is not kept.
func require(_ isTrue: Bool, _ promise: @autoclosure () -> String) {
  if !isTrue { fatalError(promise()) }
}
