import Glibc
import MilterCore

/// A packet's payload in the form for C.
extension Span<UInt8> {
  /// Calls `body` with the bytes in place, which it may change; there must be at least one.
  func withCharacters(_ body: (UnsafeMutablePointer<CChar>) -> Int32) -> Int32 {
    withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return 0 }
      return body(UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: CChar.self)))
    }
  }

  /// Calls `body` with pointers to the strings in place, with NULL after the last one.
  ///
  /// - Returns: The result of `body`; `nil` if there are no strings.
  func withStrings(
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32
  ) -> Int32? {
    var count = 0
    var next = 0
    while let string = cString(at: next) {
      count += 1
      next = string.upperBound + 1
    }
    guard count > 0 else { return nil }
    return withCharacters { start in
      withUnsafeTemporaryAllocation(
        of: UnsafeMutablePointer<CChar>?.self, capacity: count + 1
      ) { pointers in
        var string = start
        pointers.initializeElement(at: 0, to: string)
        for index in 1..<count {
          string += strlen(string) + 1
          pointers.initializeElement(at: index, to: string)
        }
        pointers.initializeElement(at: count, to: nil)
        return body(pointers.baseAddress)
      }
    }
  }

  /// Calls `body` with a copy and a NUL after it, for a string that may lack its NUL.
  ///
  /// It is not inlined, because the room for a copy on the stack would cost every callback time.
  @inline(never)
  func withTerminatedCopy(_ body: (UnsafeMutablePointer<CChar>) -> Int32) -> Int32 {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count + 1) { copy in
      for index in indices { copy.initializeElement(at: index, to: self[index]) }
      copy.initializeElement(at: count, to: 0)
      return copy.span.withCharacters(body)
    }
  }
}
