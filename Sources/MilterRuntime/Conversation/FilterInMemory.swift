import MilterCore
import MilterSystem
import Synchronization

/// A filter that is driven without a socket or thread: the caller's thread runs its callbacks.
///
/// Bytes go through the same codec, session and driver as those of a connection.
///
/// A callback that suspends goes on on the caller's thread, which waits for it.
package final class FilterInMemory {
  private let thread = WaitingThread()
  private let replies: Replies
  private let log: MilterLog
  private let limits: LineLimits
  private let stop = StopWish()
  /// The filter's side; nil after the end of the connection.
  private var driver: SessionDriver?

  /// Connects a filter; its callbacks run when bytes come.
  package init(
    _ handler: any SessionHandler, log: MilterLog, onError: MilterErrorAnswer = .tempfail
  ) {
    replies = Replies()
    limits = LineLimits(handler.name, log)
    var log = log
    log.limits = limits
    self.log = log
    var configuration = MilterConfiguration()
    configuration.log = log
    configuration.onError = onError
    configuration.requestStop = { [stop] in stop.request() }
    driver = SessionDriver(
      handler, sink: replies, decoder: FrameDecoder(), connection: 1,
      configuration: configuration, watch: nil, threads: thread)
  }

  /// Whether the filter has asked for the end of its server.
  package var wantsStop: Bool { stop.isRequested }

  /// Whether the filter's side still stands.
  package var isOpen: Bool { driver != nil }

  /// Has the filter work on bytes of the MTA's.
  package func receive(_ bytes: [UInt8]) {
    guard let driver else { return }
    driver.context.decoder.append(bytes)
    do {
      var progress = try driver.work()
      while progress == .suspended {
        waitForCallback(of: driver)
        progress = try driver.resume()
      }
      if progress == .over { end() }
    } catch {
      log.put(.warning, .closed, "closing a connection: \(error)")
      end()
    }
  }

  /// What the filter has replied since this was last asked.
  package func takeReplies() -> [UInt8] {
    defer { replies.bytes = [] }
    return replies.bytes
  }

  /// Ends the connection, as if the MTA had closed it.
  package func end() {
    if let driver {
      while !driver.end() { waitForCallback(of: driver) }
    }
    driver = nil
    limits.writeNow()
  }

  /// Whether the filter has asked for the end of its server, from any thread.
  private final class StopWish: Sendable {
    private let flag = Atomic(false)
    var isRequested: Bool { flag.load(ordering: .relaxed) }
    func request() { flag.store(true, ordering: .relaxed) }
  }

  private func waitForCallback(of driver: SessionDriver) {
    let hasEnded = Atomic<Bool>(false)
    driver.context.executor.leave { [thread] in
      hasEnded.store(true, ordering: .releasing)
      thread.ring()
    }
    thread.wait { hasEnded.load(ordering: .acquiring) ? () : nil }
  }

  private final class Replies: ReplySink {
    var bytes: [UInt8] = []
    let isTCP = false

    func writeAvailable(_ bytes: UnsafeRawBufferPointer) -> Int {
      self.bytes += bytes
      return bytes.count
    }

    func waitForRoom(milliseconds: Int) -> Bool { true }

    func confirm() {}
  }
}
