import Glibc

/// The reason why the soak test cannot continue, or a message failed.
struct SoakError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// A system call that failed.
  static func system(_ call: String) -> SoakError {
    SoakError("\(call): \(String(cString: strerror(errno)))")
  }
}
