/// Waits for many descriptors at the same time.
///
/// A descriptor is watched for one event, and must then be added again, except for ``Event/news``. The system
/// keeps the list: a watched descriptor needs none of our memory, and leaves the list when it is closed in all
/// processes. The corresponding C functions are `epoll_wait` and, on Darwin, `kevent`.
package final class Readiness: Sendable {
  /// The event for which a descriptor is watched.
  package enum Event: Sendable {
    /// The descriptor has bytes to read, or its stream has ended.
    case readable
    /// There is room to write, or the peer has closed the connection.
    case writable
    /// More bytes have arrived, or the end; reported repeatedly until ``Readiness/ignore(_:)``.
    case news
  }

  /// A descriptor that is readable when a descriptor of the list is ready.
  package let descriptor: Int32

  /// The maximum number of descriptors that one call reports.
  static let batch = 64

  /// Creates an empty list.
  ///
  /// - Throws: ``SocketError`` if the system has no descriptor left.
  package init() throws(SocketError) {
    do throws(Errno) {
      descriptor = try Syscalls.newReadiness()
    } catch {
      throw .system("cannot wait for connections", error)
    }
  }

  deinit { Syscalls.closeDescriptor(descriptor) }

  /// Watches a descriptor for an event, instead of its previous event.
  ///
  /// May be called from any thread.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - descriptor: The descriptor.
  ///   - token: The descriptor's name in ``take(milliseconds:_:)``.
  /// - Throws: ``SocketError`` if the system has no memory left.
  package func wait(
    for event: Event, of descriptor: Int32, token: Int
  ) throws(SocketError) {
    do throws(Errno) {
      try Syscalls.wait(for: event, of: descriptor, token: token, in: self.descriptor)
    } catch {
      throw .system("cannot wait for descriptor \(descriptor)", error)
    }
  }

  /// Stops watching a descriptor.
  ///
  /// May be called from any thread.
  package func ignore(_ descriptor: Int32) { Syscalls.ignore(descriptor, in: self.descriptor) }

  /// Removes and reports descriptors that are ready.
  ///
  /// - Parameters:
  ///   - milliseconds: The maximum wait for the first one.
  ///   - body: Called with the token of each. The descriptor may have been closed or added again a moment ago.
  /// - Returns: Whether there were any.
  package func take(milliseconds: Int, _ body: (Int) -> Void) -> Bool {
    let tokens = Syscalls.readyTokens(descriptor, milliseconds: milliseconds, most: Self.batch)
    for token in tokens { body(token) }
    return !tokens.isEmpty
  }
}
