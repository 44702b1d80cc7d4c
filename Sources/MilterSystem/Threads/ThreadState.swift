import MilterPlatform

/// The state of a thread, for other threads.
package struct ThreadState: Sendable {
  /// The thread's file in `/proc`; `nil` if the system has none.
  private let file: String?

  /// The state of the calling thread.
  package static var ofThisThread: ThreadState {
    var link = [CChar](repeating: 0, count: 64)
    let count = readlink("/proc/thread-self", &link, link.count)
    guard count > 0 else { return ThreadState(file: nil) }
    // "4711/task/4712".
    let name = String(decoding: link.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    return ThreadState(file: "/proc/\(name)/stat")
  }

  /// Whether the thread runs or waits for a processor; `false` if the system does not tell.
  ///
  /// A thread that waits for something else, such as a lock or an answer, is not runnable.
  package var isRunnable: Bool {
    guard let file, let descriptor = try? Syscalls.retrying({ open(file, O_RDONLY | O_CLOEXEC) })
    else { return false }
    defer { Syscalls.closeDescriptor(descriptor) }
    // The state follows the name, as in "4712 (name) R". The name may contain any character.
    guard let line = try? Syscalls.readStart(descriptor, 128),
      let end = line.lastIndex(of: UInt8(ascii: ")")), end + 2 < line.count
    else { return false }
    return line[end + 2] == UInt8(ascii: "R")
  }
}
