import MilterPlatform

/// Standard input, output and error.
package enum StandardDescriptors {
  /// The first descriptor after them.
  package static var firstOther: Int32 { STDERR_FILENO + 1 }

  /// Opens `/dev/null` for each of them that is closed.
  ///
  /// Otherwise the next file or socket gets its number, and what is printed goes there. To be
  /// called before anything is opened. Where there is no `/dev/null`, nothing is done.
  package static func fill() {
    while true {
      let isComplete = (STDIN_FILENO...STDERR_FILENO).allSatisfy { fcntl($0, F_GETFD) != -1 }
      if isComplete { return }
      let descriptor = open("/dev/null", O_RDWR)
      if descriptor == -1 { return }
      // Another thread took the place meanwhile.
      if descriptor > STDERR_FILENO { Syscalls.closeDescriptor(descriptor) }
    }
  }
}
