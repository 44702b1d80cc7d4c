import MilterPlatform

/// Waits for events of one descriptor.
package enum Poll {
  /// The events of a descriptor.
  package struct Events: OptionSet, Hashable, Sendable {
    /// The bits in the C library.
    package let rawValue: Int16

    /// Creates a set from its bits.
    ///
    /// - Parameter rawValue: The bits.
    package init(rawValue: Int16) {
      self.rawValue = rawValue
    }

    /// The descriptor has bytes to read, or its stream has ended.
    ///
    /// The corresponding C constant is `POLLIN`.
    package static var readable: Events { Events(rawValue: Int16(POLLIN)) }

    /// There is room to write.
    ///
    /// The corresponding C constant is `POLLOUT`.
    package static var writable: Events { Events(rawValue: Int16(POLLOUT)) }

    /// The peer has closed the connection; always reported.
    ///
    /// The corresponding C constant is `POLLHUP`.
    package static var hangup: Events { Events(rawValue: Int16(POLLHUP)) }

    /// The peer has ended its output, but earlier bytes may be unread; only on Linux.
    ///
    /// The corresponding C constant is `POLLRDHUP`.
    package static var peerClosed: Events { Events(rawValue: Syscalls.pollPeerClosed) }

    /// The descriptor has an error; always reported.
    ///
    /// The corresponding C constant is `POLLERR`.
    package static var error: Events { Events(rawValue: Int16(POLLERR)) }
  }

  /// Waits for an event of a descriptor.
  ///
  /// A signal neither ends nor extends the wait. The corresponding C function is `poll`.
  ///
  /// - Parameters:
  ///   - descriptor: The descriptor.
  ///   - events: The events to wait for.
  ///   - milliseconds: The maximum time; 0 for no wait, and `nil` for no limit.
  /// - Returns: The events; empty if the time is over.
  /// - Throws: ``SocketError`` if the descriptor is not open.
  package static func wait(
    _ descriptor: Int32, _ events: Events, milliseconds: Int?
  ) throws(SocketError) -> Events {
    do throws(Errno) {
      return try waitForEvents(descriptor, events, milliseconds: milliseconds)
    } catch {
      throw .system("cannot wait for descriptor \(descriptor)", error)
    }
  }

  /// Waits for an event of a descriptor, until a deadline.
  ///
  /// - Parameters:
  ///   - descriptor: The descriptor.
  ///   - events: The events to wait for.
  ///   - deadline: The deadline; a deadline in the past means no wait.
  /// - Returns: The events; empty if the time is over.
  /// - Throws: ``SocketError`` if the descriptor is not open.
  package static func wait(
    _ descriptor: Int32, _ events: Events, until deadline: ContinuousClock.Instant
  ) throws(SocketError) -> Events {
    try wait(descriptor, events, milliseconds: Int(remaining(until: deadline)))
  }

  static func waitForEvents(
    _ descriptor: Int32, _ events: Events, milliseconds: Int?
  ) throws(Errno) -> Events {
    // poll() would wait forever for a negative descriptor.
    guard descriptor >= 0 else { throw .badFileDescriptor }
    let deadline = milliseconds.map { ContinuousClock.now + .milliseconds($0) }
    var entry = pollfd(fd: descriptor, events: events.rawValue, revents: 0)
    var timeout = milliseconds.map { Int32(clamping: max($0, 0)) } ?? -1
    while true {
      let count = poll(&entry, 1, timeout)
      if count > 0 { break }
      if count == 0 { return [] }
      let error = Errno.current
      if error != .interrupted { throw error }
      if let deadline { timeout = remaining(until: deadline) }
    }
    if entry.revents & Int16(POLLNVAL) != 0 { throw .badFileDescriptor }
    return Events(rawValue: entry.revents)
  }

  /// Returns the milliseconds until a deadline, rounded up so that the wait does not end too early.
  static func remaining(until deadline: ContinuousClock.Instant) -> Int32 {
    let left = (deadline - .now) / .milliseconds(1)
    return Int32(min(max(left.rounded(.up), 0), Double(Int32.max)))
  }
}
