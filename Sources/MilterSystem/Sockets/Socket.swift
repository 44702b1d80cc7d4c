import MilterPlatform
public import Synchronization

/// A connected stream socket, which owns its descriptor.
///
/// The descriptor is closed once: by ``close()``, or with the last reference. Any thread may call
/// ``shutdown(_:)`` to end a read of another thread. Only the thread that reads and writes may call
/// ``close()``, because the number of a closed descriptor may be used again at once.
///
/// It is public only because code of a type that is not cannot be inlined in the modules that use it.
@_documentation(visibility: internal)
public final class Socket: Sendable {
  @usableFromInline let number: Atomic<Int32>

  /// Takes ownership of an open descriptor.
  ///
  /// - Parameter descriptor: The descriptor, which no other code may close.
  package init(owning descriptor: Int32) {
    number = Atomic(descriptor)
  }

  /// Takes ownership of a descriptor that was open when the program started, and makes it close-on-exec.
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

  /// The descriptor, so that you can wait for it; -1 after ``close()``.
  package var descriptor: Int32 { number.load(ordering: .relaxed) }

  /// Closes the descriptor; further calls have no effect.
  ///
  /// The corresponding C function is `close`.
  package func close() {
    let descriptor = number.exchange(-1, ordering: .relaxed)
    if descriptor != -1 { Syscalls.closeDescriptor(descriptor) }
  }

  /// Reads the available bytes, or waits for bytes, at most for the receive timeout.
  ///
  /// The method makes one system call, and allocates nothing. The corresponding C function is `recv`.
  ///
  /// - Parameter buffer: The buffer for the bytes, which must not be empty.
  /// - Returns: The number of bytes, the end of the stream, or that no bytes arrived in time.
  /// - Throws: ``SocketError`` with the code `disconnected` if the connection broke.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SocketError) -> ReadResult {
    try read(into: buffer, flags: 0)
  }

  /// Reads the available bytes without waiting, even if the socket is blocking.
  ///
  /// - Parameter buffer: The buffer for the bytes, which must not be empty.
  /// - Returns: The number of bytes, the end of the stream, or that no bytes are available.
  /// - Throws: ``SocketError`` with the code `disconnected` if the connection broke.
  package func readAvailable(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(SocketError) -> ReadResult {
    try read(into: buffer, flags: Syscalls.doNotWait)
  }

  /// Reads the available bytes; if `waits` is `true` and there are none, waits for the receive timeout.
  ///
  /// See ``read(into:)`` and ``readAvailable(into:)``.
  @inlinable @inline(__always)
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, waits: Bool
  ) throws(SocketError) -> ReadResult {
    try read(into: buffer, flags: waits ? 0 : Syscalls.doNotWait)
  }

  /// Handles the result of a first system call that is 0 or -1.
  @inline(never) @usableFromInline
  func read(
    into buffer: UnsafeMutableRawBufferPointer, flags: Int32, after first: Int
  ) throws(SocketError) -> ReadResult {
    var first: Int? = first
    do throws(Errno) {
      let count = try Syscalls.retrying {
        first.take() ?? Syscalls.receive(descriptor, buffer, flags)
      }
      // A read with an empty buffer returns 0, like the end of the stream.
      precondition(!buffer.isEmpty, "reading into an empty buffer")
      return count == 0 ? .endOfStream : .bytes(count)
    } catch {
      if error == .wouldBlock { return .wouldBlock }
      throw Self.broken("cannot read", error)
    }
  }

  /// Returns available bytes without consuming them.
  ///
  /// - Parameter count: The maximum number of bytes.
  /// - Returns: The bytes; `nil` if the peer has closed the connection, even if it sent bytes before.
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

  /// The number of bytes that have arrived and were not read; 0 if this is unknown.
  package var waitingCount: Int { Syscalls.waitingCount(descriptor) }

  @inlinable @inline(__always)
  func read(
    into buffer: UnsafeMutableRawBufferPointer, flags: Int32
  ) throws(SocketError) -> ReadResult {
    let count = Syscalls.receive(number.load(ordering: .relaxed), buffer, flags)
    return count > 0 ? .bytes(count) : try read(into: buffer, flags: flags, after: count)
  }

  /// Writes all bytes.
  ///
  /// There is no SIGPIPE, whatever the peer does. Each system call waits at most for the send timeout, so a
  /// slow peer is not an error. The corresponding C function is `send`.
  ///
  /// - Parameter bytes: The bytes.
  /// - Throws: ``SocketError`` with the code `timedOut` if the peer read nothing in time, or `disconnected` if
  ///   it has closed the connection; some of the bytes may have been sent.
  package func write(all bytes: UnsafeRawBufferPointer) throws(SocketError) {
    var rest = bytes
    while !rest.isEmpty {
      do throws(Errno) {
        let count = try Syscalls.retrying { Syscalls.transmit(descriptor, rest, 0) }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } catch {
        if error == .wouldBlock { throw Self.full(rest.count, of: bytes.count, error) }
        throw Self.broken("cannot write", error)
      }
    }
  }

  /// Writes all bytes within a time, even if the peer reads slowly.
  ///
  /// The method makes one system call if the system accepts all bytes at once. There is no SIGPIPE, whatever
  /// the peer does.
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - limit: The maximum time for all bytes.
  /// - Throws: ``SocketError`` with the code `timedOut` if the peer did not read all bytes in time, or
  ///   `disconnected` if it has closed the connection; some of the bytes may have been sent.
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
      .timedOut, "cannot write: the peer has stopped reading; \(rest) of \(count) bytes are left",
      underlying: reason)
  }

  /// Writes the bytes that the system accepts at once, without waiting for the peer, even if the socket is
  /// blocking.
  ///
  /// The method makes one system call if the peer reads. There is no SIGPIPE, whatever the peer does.
  ///
  /// - Parameter bytes: The bytes.
  /// - Returns: The number of bytes that were written; fewer if the peer does not read.
  /// - Throws: ``SocketError`` with the code `disconnected` if the peer has closed the connection.
  @inlinable @inline(__always)
  package func writeAvailable(_ bytes: UnsafeRawBufferPointer) throws(SocketError) -> Int {
    // Without bytes, a system call would only report that the peer has left.
    guard !bytes.isEmpty else { return 0 }
    let count = Syscalls.transmit(number.load(ordering: .relaxed), bytes, Syscalls.doNotWait)
    return count == bytes.count ? count : try writeAvailable(bytes, after: count)
  }

  /// Continues after a first system call that has not sent all bytes.
  @inline(never) @usableFromInline
  func writeAvailable(
    _ bytes: UnsafeRawBufferPointer, after first: Int
  ) throws(SocketError) -> Int {
    var first: Int? = first
    var written = 0
    while written < bytes.count {
      do throws(Errno) {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
        written += try Syscalls.retrying {
          first.take() ?? Syscalls.transmit(descriptor, rest, Syscalls.doNotWait)
        }
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
