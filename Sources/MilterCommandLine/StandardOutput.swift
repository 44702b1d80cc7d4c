import MilterSystem

/// The standard output of a program whose reader may leave early, as `head` does.
package enum StandardOutput {
  /// The reader has closed standard output, and the program ends without a message.
  package struct Closed: Error {
    /// The exit status of a program that SIGPIPE ends, as in shells.
    package static let status: Int32 = 128 + Signal.brokenPipe.rawValue
  }

  /// Ignores SIGPIPE, so that a write to a closed pipe is an error and does not end the program.
  package static func prepare() { Signal.brokenPipe.ignore() }

  /// Writes a text; may be called from any thread.
  ///
  /// - Throws: ``Closed``, or `FileError` for another failure such as a full disk.
  package static func put(_ text: String) throws {
    try turn.withLock {
      do throws(Errno) {
        try StandardStream.output.write(text)
      } catch {
        if error == .brokenPipe { throw Closed() }
        throw FileError("cannot write to standard output", error)
      }
    }
  }

  /// Writes a message for the user to standard error, separate from the output.
  package static func complain(_ text: String) {
    try? StandardStream.error.write("\(text)\n")
  }

  private static let turn = SystemLock()
}
