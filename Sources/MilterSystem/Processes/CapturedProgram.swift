import MilterPlatform

/// The output and the status of a program that has ended.
package struct CapturedProgram: Sendable {
  /// The end of its process.
  package let end: ChildProcess.End
  /// Its standard output.
  package let output: String
  /// Its standard error.
  package let errors: String

  /// Runs a program with empty standard input; `nil` if it takes too long and is killed.
  ///
  /// - Parameters:
  ///   - program: The path.
  ///   - arguments: The arguments after the program's name.
  ///   - limit: The maximum time.
  /// - Throws: ``FileError`` if the program cannot be started.
  package init?(
    _ program: String, _ arguments: [String], within limit: Duration
  ) throws(FileError) {
    let (output, errors) = (try Self.pipe(), try Self.pipe())
    var start = ProgramStart(program: program, arguments: [program] + arguments)
    start.hasEmptyInput = true
    start.firstInherited = STDOUT_FILENO
    start.inherited = [output.writing.descriptor, errors.writing.descriptor]
    let process = ChildProcess(number: try start.start())
    output.writing.close()
    errors.writing.close()
    let pieces = Self.read(
      [output.reading.descriptor, errors.reading.descriptor], until: ContinuousClock.now + limit)
    if pieces == nil { process.signal(.kill) }
    let end = process.waitForEnd()
    guard let pieces else { return nil }
    self.end = end
    self.output = pieces[0]
    self.errors = pieces[1]
  }

  private static func pipe() throws(FileError) -> (reading: Socket, writing: Socket) {
    do throws(Errno) {
      let (reading, writing) = try Syscalls.newPipe()
      return (Socket(owning: reading), Socket(owning: writing))
    } catch {
      throw FileError("cannot create a pipe", error)
    }
  }

  /// Reads descriptors to their ends; `nil` if this takes too long.
  private static func read(
    _ descriptors: [Int32], until deadline: ContinuousClock.Instant
  ) -> [String]? {
    var pieces = descriptors.map { _ in [UInt8]() }
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while entries.contains(where: { $0.fd >= 0 }) {
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { return nil }
      for index in entries.indices { entries[index].revents = 0 }
      guard poll(&entries, nfds_t(entries.count), Int32(left) + 1) >= 0 || errno == EINTR else {
        return nil
      }
      for index in entries.indices where entries[index].fd >= 0 && entries[index].revents != 0 {
        let more = Syscalls.readSome(entries[index].fd)
        if more.isEmpty { entries[index].fd = -1 } else { pieces[index] += more }
      }
    }
    return pieces.map { String(decoding: $0, as: UTF8.self) }
  }
}
