import MilterPlatform

/// Standard input, output, and error.
package enum StandardDescriptors {
  /// The first descriptor after them.
  package static var firstOther: Int32 { STDERR_FILENO + 1 }

  /// Opens `/dev/null` for each of them that is closed.
  ///
  /// Otherwise, the next file or socket would get its number, and output would go there. Must be called before
  /// anything is opened. Without `/dev/null`, it does nothing.
  package static func fill() {
    while true {
      let isComplete = (STDIN_FILENO...STDERR_FILENO).allSatisfy { fcntl($0, F_GETFD) != -1 }
      if isComplete { return }
      let descriptor = open("/dev/null", O_RDWR)
      if descriptor == -1 { return }
      // Another thread has used the number in the meantime.
      if descriptor > STDERR_FILENO { Syscalls.closeDescriptor(descriptor) }
    }
  }
}
