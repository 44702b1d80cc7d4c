import Glibc

/// Why a filter could not be started or driven as a test asked for.
struct CompatError: Error, CustomStringConvertible {
  /// What happened, in words for whoever reads the failed test.
  let description: String

  /// An error with the given explanation.
  init(_ description: String) {
    self.description = description
  }

  /// An error of the last system call.
  static func system(_ action: String) -> CompatError {
    CompatError("\(action): \(String(cString: strerror(errno)))")
  }
}
