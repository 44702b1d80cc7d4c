import Glibc

/// Why a test could not be carried out, in words.
struct TestError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }

  /// A failed system call.
  static func system(_ what: String, _ number: Int32 = errno) -> TestError {
    TestError("\(what): \(String(cString: strerror(number)))")
  }
}
