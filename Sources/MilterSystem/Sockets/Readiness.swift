/// Waits for many descriptors at once, until they can be read or written.
///
/// Each is waited for once, and is then to be named again, but for its news. The system keeps the list: a
/// descriptor that is waited for costs none of our memory, and leaves the list when it is closed, in children
/// that have it as well. The corresponding C functions are `epoll_wait` and, on Darwin, `kevent`.
package final class Readiness: Sendable {
  /// The event that a descriptor is watched for.
  package enum Event: Sendable {
    /// The descriptor has bytes to read, or its stream has ended.
    case readable
    /// There is room to write, or nobody to write to.
    case writable
    /// More has come to read, or the end, again and again until ``Readiness/ignore(_:)``.
    case news
  }

  /// Can be read as soon as a descriptor of the list is ready.
  package let descriptor: Int32

  /// The maximum number of descriptors that one call reports.
  static let batch = 64

  /// Makes an empty list.
  ///
  /// - Throws: ``SocketError`` if the system has no descriptor to give.
  package init() throws(SocketError) {
    do throws(Errno) {
      descriptor = try Syscalls.newReadiness()
    } catch {
      throw .system("cannot wait for connections", error)
    }
  }

  deinit { Syscalls.closeDescriptor(descriptor) }

  /// Waits for a descriptor, and no longer for what it was waited for before.
  ///
  /// May be called from any thread.
  ///
  /// - Parameters:
  ///   - event: What to wait for.
  ///   - descriptor: The descriptor.
  ///   - token: What ``take(milliseconds:_:)`` calls it.
  /// - Throws: ``SocketError`` if the system has no memory for it.
  package func wait(
    for event: Event, of descriptor: Int32, token: Int
  ) throws(SocketError) {
    do throws(Errno) {
      try Syscalls.wait(for: event, of: descriptor, token: token, in: self.descriptor)
    } catch {
      throw .system("cannot wait for descriptor \(descriptor)", error)
    }
  }

  /// Waits no longer for a descriptor.
  ///
  /// May be called from any thread.
  package func ignore(_ descriptor: Int32) { Syscalls.ignore(descriptor, in: self.descriptor) }

  /// Takes descriptors that are ready, which are not waited for any longer.
  ///
  /// - Parameters:
  ///   - milliseconds: How long to wait for the first.
  ///   - body: Is called with the token of each. It may be one of a descriptor that was closed, or
  ///     named again, a moment ago.
  /// - Returns: Whether there were any.
  package func take(milliseconds: Int, _ body: (Int) -> Void) -> Bool {
    let tokens = Syscalls.readyTokens(descriptor, milliseconds: milliseconds, most: Self.batch)
    for token in tokens { body(token) }
    return !tokens.isEmpty
  }
}
