import Dispatch
import MilterCore
import MilterSystem

extension Conversation {
  /// Replies beyond this are sent before the verdict, so that a new body is never held whole.
  package static let flushSize = 64 * 1024
  /// The bytes kept for an MTA that does not read them; beyond this number a callback waits.
  package static let mostUnsent = 256 * 1024

  /// Reads what has come, and waits for it for the receive time-out if it `waits`.
  @inline(__always)
  func read(waits: Bool) throws(SocketError) -> ReadResult {
    let result = try link.read(into: input.room(), waits: waits)
    if case .bytes(let count) = result {
      input.received(count)
      counters?.add(count, to: .bytesReceived)
    }
    return result
  }

  /// Sends what is ready between two commands, if it is much; what the MTA does not take waits.
  func flushIfLarge() throws {
    if output.ready.count >= Self.flushSize { try flush() }
  }

  func sendIfLarge() throws {
    if output.ready.count >= Self.flushSize { try send() }
  }

  /// Sends what is ready in the middle of a callback, which waits if the MTA lets too much pile up.
  func send() throws {
    try flush()
    // The watch sends pieces of a body's tail only once everything before the tail was taken.
    let mostUnsent = output.hasReleasedBody && watch?.keepsAlive ?? false ? 0 : Self.mostUnsent
    guard output.ready.count > mostUnsent else { return }
    let deadline = DispatchTime.now() + patience.dispatch
    while output.ready.count > mostUnsent {
      let now = DispatchTime.now()
      guard now < deadline,
        try link.waitForRoom(milliseconds: now.milliseconds(to: deadline))
      else {
        throw breakDown(
          SocketError(
            .timedOut,
            "cannot write: the MTA takes no more; \(output.ready.count) bytes are left"))
      }
      try flush()
    }
  }

  /// Sends what is ready, in one write, as far as the MTA takes it.
  func flush() throws {
    if let breakdown { throw breakdown }
    guard let watch else { return try transmit() }
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

  /// Sends what is ready, or, when that is nothing, confirms what was read.
  ///
  /// Sendmail writes macros and the command they belong to one after the other. Over TCP its system
  /// holds the command back until the macros are confirmed, for which ours would take 40
  /// milliseconds if it waited for a reply to go along with.
  func flushOrConfirm() throws {
    if breakdown != nil || !output.ready.isEmpty {
      try flush()
    } else if isTCP {
      // A peer that has gone makes this fail; the next read then reports it.
      try? link.confirm()
    }
  }

  /// Sends the replies that are ready before the connection waits for a callback.
  ///
  /// The connection must not end while the callback is under way: if the MTA has gone, the next
  /// send reports it again.
  func flushBeforeWait() { try? flushOrConfirm() }

  /// Gives back what belongs to the thread, and the buffers, while the connection is idle.
  func rest() {
    endTurn()
    counters = nil
    current = input.rest(keeping: current)
    session.releaseStorage()
    if output.isEmpty { output = noOutput }
  }
}
