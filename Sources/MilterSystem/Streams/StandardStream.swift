@preconcurrency import MilterPlatform

/// Standard output or standard error.
package enum StandardStream: Sendable {
  case output, error

  private var descriptor: Int32 {
    switch self {
    case .output: STDOUT_FILENO
    case .error: STDERR_FILENO
    }
  }

  /// Whether it is a terminal.
  ///
  /// The corresponding C function is `isatty`.
  package var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Writes a text to the descriptor.
  ///
  /// The corresponding C function is `write`.
  ///
  /// - Throws: The system's error, such as `brokenPipe`.
  package func write(_ text: String) throws(Errno) {
    try Syscalls.writeAll(descriptor, Array(text.utf8))
  }

  /// Writes a text as a whole, in order with other output; ignores errors.
  ///
  /// The corresponding C function is `fwrite`.
  package func print(_ text: String) {
    let bytes = Array(text.utf8)
    switch self {
    case .output:
      fwrite(bytes, 1, bytes.count, stdout)
      fflush(stdout)
    case .error: fwrite(bytes, 1, bytes.count, stderr)
    }
  }
}
