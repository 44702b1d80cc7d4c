import Dispatch

/// What wakes an idle connection: bytes that came, or room for replies.
///
/// Only one of them is waited for at a time.
struct WakeSources {
  private var readable: (any DispatchSourceRead)?
  private var writable: (any DispatchSourceWrite)?
  /// The one that is waited for, or was last.
  private var waiting: (any DispatchSourceProtocol)?

  /// Waits for bytes.
  mutating func waitForBytes(
    _ descriptor: Int32, _ queue: DispatchQueue, _ wake: @escaping @Sendable () -> Void
  ) {
    let source =
      readable ?? DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
    if readable == nil { source.setEventHandler(handler: wake) }
    readable = source
    waiting = source
    source.resume()
  }

  /// Waits for room.
  mutating func waitForRoom(
    _ descriptor: Int32, _ queue: DispatchQueue, _ wake: @escaping @Sendable () -> Void
  ) {
    let source =
      writable ?? DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: queue)
    if writable == nil { source.setEventHandler(handler: wake) }
    writable = source
    waiting = source
    source.resume()
  }

  /// Waits no longer.
  func suspend() { waiting?.suspend() }

  /// Gives the sources up, which are suspended.
  ///
  /// - Parameters:
  ///   - queue: the queue that they were made for.
  ///   - released: called on it once Dispatch has let go of the descriptor, whose number must not be
  ///     used again before.
  /// - Returns: whether there were any; if not, nothing is called.
  mutating func cancel(
    _ queue: DispatchQueue, released: @escaping @Sendable () -> Void
  ) -> Bool {
    guard waiting != nil else { return false }
    let registered = DispatchGroup()
    func cancel(_ source: any DispatchSourceProtocol) {
      registered.enter()
      source.setCancelHandler { registered.leave() }
      source.cancel()
      source.resume()
    }
    if let readable { cancel(readable) }
    if let writable { cancel(writable) }
    registered.notify(queue: queue, execute: released)
    self = Self()
    return true
  }
}
