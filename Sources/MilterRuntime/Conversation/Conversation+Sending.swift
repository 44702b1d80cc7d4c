import Dispatch
import MilterCore
import MilterSystem

extension Conversation {
  /// The size in bytes above which replies are sent before the verdict, so that a new body is never held as a
  /// whole.
  package static let flushSize = 64 * 1024
  /// The maximum number of bytes that an MTA has not read; above it, a callback waits.
  package static let mostUnsent = 256 * 1024

  /// Reads the bytes that have arrived, or waits for bytes during the receive timeout.
  @inline(__always)
  func read(waits: Bool) throws(SocketError) -> ReadResult {
    let result = try link.read(into: input.room(), waits: waits)
    if case .bytes(let count) = result {
      input.received(count)
      counters?.add(count, to: .bytesReceived)
    }
    return result
  }

  /// Sends the ready bytes between two commands, if there are many; bytes that the MTA does not read wait.
  func flushIfLarge() throws {
    if output.ready.count >= Self.flushSize { try flush() }
  }

  func sendIfLarge() throws {
    if output.ready.count >= Self.flushSize { try send() }
  }

  /// Sends the ready bytes during a callback, which waits if the MTA has not read too many.
  func send() throws {
    try flush()
    // The watch sends parts of a body's tail only after everything before the tail was sent.
    let mostUnsent = output.hasReleasedBody && watch?.keepsAlive ?? false ? 0 : Self.mostUnsent
    guard output.ready.count > mostUnsent else { return }
    let deadline = DispatchTime.now() + settings.patience.dispatch
    while output.ready.count > mostUnsent {
      let now = DispatchTime.now()
      guard now < deadline,
        try link.waitForRoom(milliseconds: now.milliseconds(to: deadline))
      else {
        throw breakDown(
          SocketError(
            .timedOut,
            "cannot write: the MTA has stopped reading; \(output.ready.count) bytes are left"))
      }
      try flush()
    }
  }

  /// Sends the ready bytes in one write, as far as the MTA reads them.
  func flush() throws { try flushInPlace() }

  @inline(__always)
  private func flushInPlace() throws {
    if let breakdown { throw breakdown }
    guard let watch else { return try transmit() }
    try flush(observedBy: watch)
  }

  @inline(never)
  private func flush(observedBy watch: CallbackWatch) throws {
    guard !output.ready.isEmpty || output.hasReleasedBody else { return }
    try watch.send(changes: output.hasReleasedChanges) { () throws(SocketError) in
      try transmit()
      return isBlocked ? .rest : output.tail.map { .body($0) } ?? .anything
    }
  }

  @inline(__always)
  private func transmit() throws(SocketError) {
    guard !output.ready.isEmpty else { return }
    do throws(SocketError) {
      let size = output.ready.count
      let count = try output.ready.storage.span.extracting(..<size).withUnsafeBytes {
        bytes throws(SocketError) in try link.writeAvailable(bytes)
      }
      if let counters {
        counters.add(count, to: .bytesSent)
      } else {
        serverCounters?.add(count, to: .bytesSent)
      }
      output.removeReady(first: count)
      isBlocked = !output.ready.isEmpty
    } catch {
      throw breakDown(error)
    }
  }

  private func breakDown(_ error: SocketError) -> SocketError {
    breakdown = error
    isBlocked = false
    output = noOutput
    return error
  }

  /// Sends the ready bytes; if there are none, acknowledges the input.
  ///
  /// Sendmail writes macros and their command separately. Over TCP, its system holds the command back until the
  /// macros are acknowledged. Our system would wait 40 milliseconds for a reply before it sends the
  /// acknowledgment.
  @inline(__always)
  func flushOrConfirm() throws {
    if breakdown != nil || !output.ready.isEmpty {
      try flushInPlace()
    } else if isTCP {
      // If the peer has closed the connection, this fails, and the next read reports it.
      try? link.confirm()
    }
  }

  /// Sends the ready replies before the connection waits for a callback.
  ///
  /// The connection must not end during the callback: if the MTA has closed it, the next send reports it again.
  func flushBeforeWait() { try? flushOrConfirm() }

  /// Releases the buffers and the thread's memory while the connection is idle.
  func rest() {
    endTurn()
    counters = nil
    current = input.rest(keeping: current)
    session.releaseStorage()
    if output.isEmpty { output = noOutput }
  }
}
