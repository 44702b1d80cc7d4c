import Synchronization

/// A connected stream socket: the one owner of its descriptor.
///
/// The descriptor is closed once: by ``close()``, or when the last reference goes. Any thread may
/// call ``shutdown(_:)`` to end another thread's reading; ``close()`` is for the thread that reads
/// and writes, since the number of a closed descriptor may be given out again at once.
package final class Socket: Sendable {
  private let number: Atomic<Int32>

  /// Takes over an open descriptor.
  ///
  /// - Parameter descriptor: The descriptor; nobody else may close it from now on.
  package init(owning descriptor: Int32) {
    number = Atomic(descriptor)
  }

  /// Takes over a descriptor that was open when the program started, so that no program inherits it.
  ///
  /// - Throws: ``SocketError`` if it is not open.
  package convenience init(inheriting descriptor: Int32) throws(SocketError) {
    do throws(Errno) {
      try Syscalls.setCloseOnExec(descriptor)
    } catch {
      throw .system("cannot use descriptor \(descriptor)", error)
    }
    self.init(owning: descriptor)
  }

  deinit {
    close()
  }

  /// The descriptor, to wait for it; -1 after ``close()``.
  package var descriptor: Int32 { number.load(ordering: .relaxed) }

  /// Closes the descriptor; further calls do nothing.
  ///
  /// The corresponding C function is `close`.
  package func close() {
    let descriptor = number.exchange(-1, ordering: .relaxed)
    if descriptor != -1 { Syscalls.closeDescriptor(descriptor) }
  }

  /// Reads what has come, waiting at most for the receive time-out.
  ///
  /// One system call, no allocation.
  /// The corresponding C function is `recv`.
  ///
  /// - Parameter buffer: Where the bytes go; it must have room for at least one.
  /// - Returns: The number of bytes, the end of the stream, or that nothing came in time.
  /// - Throws: ``SocketError`` with the code `disconnected` if the connection broke.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SocketError) -> ReadResult {
    try read(into: buffer, flags: 0)
  }

  /// Reads what has come, without waiting for anything, even if the socket is a blocking one.
  ///
  /// - Parameter buffer: Where the bytes go; it must have room for at least one.
  /// - Returns: The number of bytes, the end of the stream, or that nothing is there.
  /// - Throws: ``SocketError`` with the code `disconnected` if the connection broke.
  package func readAvailable(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(SocketError) -> ReadResult {
    try read(into: buffer, flags: Syscalls.doNotWait)
  }

  /// Reads what has come; if it `waits` and nothing is there, for the receive time-out.
  ///
  /// See ``read(into:)`` and ``readAvailable(into:)``.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, waits: Bool
  ) throws(SocketError) -> ReadResult {
    try read(into: buffer, flags: waits ? 0 : Syscalls.doNotWait)
  }

  /// Looks at what has come and was not read, without taking it.
  ///
  /// - Parameter count: How many bytes are looked at, at most.
  /// - Returns: The bytes; nil if the peer has closed the connection, whatever it sent before.
  package func peek(atMost count: Int) -> [UInt8]? {
    let lost: Poll.Events = [.peerClosed, .hangup, .error]
    guard let events = try? Poll.wait(descriptor, [.readable, .peerClosed], milliseconds: 0),
      events.isDisjoint(with: lost)
    else { return nil }
    var result = ReadResult.wouldBlock
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let all = UnsafeMutableRawBufferPointer(buffer)
      result = (try? read(into: all, flags: Syscalls.doNotWait | Syscalls.peek)) ?? .endOfStream
      if case .bytes(let count) = result { filled = count }
    }
    return result == .endOfStream ? nil : bytes
  }

  /// How many bytes have come and were not read; 0 if that cannot be known.
  package var waitingCount: Int { Syscalls.waitingCount(descriptor) }

  @inline(__always)
  private func read(
    into buffer: UnsafeMutableRawBufferPointer, flags: Int32
  ) throws(SocketError) -> ReadResult {
    // A read of nothing returns 0, which would pass for the end of the stream.
    precondition(!buffer.isEmpty, "reading into an empty buffer")
    do throws(Errno) {
      let count = try Syscalls.receive(descriptor, buffer, flags)
      return count == 0 ? .endOfStream : .bytes(count)
    } catch {
      if error == .wouldBlock { return .wouldBlock }
      throw Self.broken("cannot read", error)
    }
  }

  /// Writes all the bytes.
  ///
  /// No SIGPIPE is raised, whatever the peer does. Each call of the system waits at most for the
  /// send time-out, so a peer that reads slowly, but reads, is waited for.
  /// The corresponding C function is `send`.
  ///
  /// - Parameter bytes: What to write.
  /// - Throws: ``SocketError`` with the code `timedOut` if the peer took nothing in time, or
  ///   `disconnected` if it is gone; in both cases some of the bytes may have been sent.
  package func write(all bytes: UnsafeRawBufferPointer) throws(SocketError) {
    var rest = bytes
    while !rest.isEmpty {
      do throws(Errno) {
        let count = try Syscalls.transmit(descriptor, rest, 0)
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } catch {
        if error == .wouldBlock { throw Self.full(rest.count, of: bytes.count, error) }
        throw Self.broken("cannot write", error)
      }
    }
  }

  /// Writes all the bytes within a time, however slowly the peer reads.
  ///
  /// One system call if the system takes all of them at once. No SIGPIPE is raised, whatever the peer does.
  ///
  /// - Parameters:
  ///   - bytes: What to write.
  ///   - limit: The time for all of them.
  /// - Throws: ``SocketError`` with the code `timedOut` if the peer did not take all bytes in time, or
  ///   `disconnected` if it is gone; in both cases some of the bytes may have been sent.
  package func write(
    all bytes: UnsafeRawBufferPointer, within limit: Duration
  ) throws(SocketError) {
    var written = try writeAvailable(bytes)
    guard written < bytes.count else { return }
    let deadline = ContinuousClock.now + limit
    while written < bytes.count {
      guard !(try Poll.wait(descriptor, .writable, until: deadline)).isEmpty else {
        throw Self.full(bytes.count - written, of: bytes.count, .wouldBlock)
      }
      written += try writeAvailable(UnsafeRawBufferPointer(rebasing: bytes[written...]))
    }
  }

  private static func full(_ rest: Int, of count: Int, _ reason: Errno) -> SocketError {
    SocketError(
      .timedOut, "cannot write: the peer takes no more; \(rest) of \(count) bytes are left",
      underlying: reason)
  }

  /// Writes what the system takes at once, without waiting for the peer, even if the socket is a
  /// blocking one.
  ///
  /// One system call, as long as the peer reads. No SIGPIPE is raised, whatever the peer does.
  ///
  /// - Parameter bytes: What to write.
  /// - Returns: How many of the bytes were written; less than all if the peer does not read.
  /// - Throws: ``SocketError`` with the code `disconnected` if the peer is gone.
  package func writeAvailable(_ bytes: UnsafeRawBufferPointer) throws(SocketError) -> Int {
    var written = 0
    while written < bytes.count {
      do throws(Errno) {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
        written += try Syscalls.transmit(descriptor, rest, Syscalls.doNotWait)
      } catch {
        if error == .wouldBlock { break }
        throw Self.broken("cannot write", error)
      }
    }
    return written
  }

  private static func broken(_ action: String, _ error: Errno) -> SocketError {
    switch error {
    case .brokenPipe, .connectionReset, .timedOut, .notConnected:
      .system(action, error, code: .disconnected)
    default:
      .system(action, error)
    }
  }
}
