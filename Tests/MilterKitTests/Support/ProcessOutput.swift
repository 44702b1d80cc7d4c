import Foundation
import MilterSystem

/// The lines that a process writes, collected as they arrive.
///
/// `@unchecked Sendable`: the condition guards `lines` and `isOver`.
final class ProcessOutput: @unchecked Sendable {
  private let condition = NSCondition()
  private var lines: [String] = []
  private var isOver = false
  private let writer: Socket

  init() throws {
    // A socket pair is used, because its descriptors are close-on-exec from the start. Programs of
    // other tests would inherit those of a pipe.
    let (reader, writer) = try Socket.socketPair()
    self.writer = writer
    let reading = fcntl(reader.descriptor, F_DUPFD_CLOEXEC, 0)
    Thread.detachNewThread { [self] in
      guard let file = fdopen(reading, "r") else { return }
      var line: UnsafeMutablePointer<CChar>?
      var room = 0
      while getline(&line, &room, file) > 0, let line {
        add(String(cString: line).trimmingCharacters(in: .newlines))
      }
      free(line)
      fclose(file)
      end()
    }
  }

  /// The descriptor that the process writes to.
  var writing: Int32 { writer.descriptor }

  /// Closes our copy of the descriptor; call this after the process has started.
  func closeWriting() { writer.close() }

  private func add(_ line: String) {
    condition.withLock {
      lines.append(line)
      condition.broadcast()
    }
  }

  private func end() {
    condition.withLock {
      isOver = true
      condition.broadcast()
    }
  }

  /// An error for a line that did not arrive, with the lines that did.
  struct Missing: Error {
    let lines: [String]
  }

  /// All lines so far.
  var all: [String] { condition.withLock { lines } }

  /// Waits for the first wanted line, or a later one, and returns it.
  func line(_ number: Int = 1, where isWanted: (String) -> Bool) throws -> String {
    let deadline = Date(timeIntervalSinceNow: 60)
    return try condition.withLock {
      while true {
        if let line = lines.filter(isWanted).dropFirst(number - 1).first { return line }
        guard !isOver, condition.wait(until: deadline) else { throw Missing(lines: lines) }
      }
    }
  }

  /// Waits for the end of the output, and returns all lines.
  func toEnd() throws -> [String] {
    let deadline = Date(timeIntervalSinceNow: 60)
    return try condition.withLock {
      while !isOver {
        guard condition.wait(until: deadline) else { throw Missing(lines: lines) }
      }
      return lines
    }
  }
}
