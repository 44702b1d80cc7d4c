import Dispatch
import MilterSockets
import Synchronization

/// One MTA's connection, from accept to close.
///
/// A busy connection has a thread of the pool, which blocks in `read`: one system call a burst. When
/// nothing comes for the linger time, it gives the thread and its buffers back and waits as a
/// Dispatch source, which costs no thread:
///
/// ```
///          bytes, or the server stops, or the time is up
///        ┌───────────────────────────────────────────────┐
///        ▼                                               │
///     running ── nothing came for the linger time ──▶ idle
///        │
///        └── quit, end of stream, error ──▶ ended
/// ```
///
/// `@unchecked Sendable`: everything but `idle` and the atomics belongs to the thread that runs the
/// connection. `park()` gives it up and `wake()` hands it on, under the lock of `idle`. So there is
/// nothing for the compiler's checks of overlapping accesses to find, which would cost every command.
final class Connection: @unchecked Sendable {
  private let socket: Socket
  private let engine: Engine
  /// By which the log knows the connection.
  private let number: Int
  /// The filter; nil until the first bytes come, so that a mere probe of the port costs none.
  @exclusivity(unchecked) private var driver: SessionDriver?
  @exclusivity(unchecked) private var firstBytes = FrameDecoder()
  /// Those of the thread that serves the connection.
  @exclusivity(unchecked) private var counters: ThreadCounters?

  private struct Idle {
    var isIdle = false
    /// The descriptor's number may belong to somebody else.
    var isClosed = false
    var source: (any DispatchSourceRead)?
  }
  private let idle = Mutex(Idle())

  /// When the last whole command was done with, by ``CoarseClock``.
  private let lastProgress = Atomic<UInt64>(CoarseClock.nanoseconds)

  init(_ socket: Socket, number: Int, engine: Engine) {
    self.number = number
    self.socket = socket
    self.engine = engine
  }

  // MARK: On a thread of the pool

  /// Serves the connection until it falls silent or ends.
  func serve(counting counters: ThreadCounters) {
    self.counters = counters
    driver?.context.counters = counters
    do {
      if hasExpired { return expire() }
      while true {
        let wasInMessage = isInMessage
        switch try read() {
        case .bytes:
          guard try work() else { return end() }
          if engine.isStopping, wasInMessage, !isInMessage { return end() }
        case .wouldBlock:
          guard engine.isStopping, !isInMessage else { return park() }
          // An MTA that has just connected, or greeted, may be about to send a message.
          if isQuiet || engine.pool.isCrowded { return end() }
        case .endOfStream: return end()
        }
      }
    } catch let error as SocketError where error.code == .disconnected {
      counters.count(.disconnected)
      log.info("\(error)")
      end()
    } catch {
      counters.count(.init(error))
      log.warning("closing a connection: \(LogText.harmless(error))")
      end()
    }
  }

  private var log: MilterLog {
    if let driver { return driver.context.log }
    var log = engine.configuration.log
    log.subject = LogSubject(name: engine.name, connection: number)
    return log
  }

  private var isInMessage: Bool { driver?.context.session.isInMessage ?? false }

  /// Whether nobody would miss the connection, between messages, when the server stops.
  private var isQuiet: Bool { silence > Self.quiet }

  /// How long an MTA between messages may be silent when the server stops.
  private static let quiet = Duration.seconds(1)

  private func read() throws -> ReadResult {
    guard let driver else { return try read(into: &firstBytes) }
    return try read(into: &driver.context.decoder)
  }

  private func read(into decoder: inout FrameDecoder) throws -> ReadResult {
    var result = ReadResult.wouldBlock
    // A thread that others wait for does not linger, nor one that is about to end.
    let lingers = !engine.pool.isCrowded && !(engine.isStopping && !isInMessage && isQuiet)
    _ = try decoder.fill { space in
      try space.withUnsafeMutableBytes { buffer in
        result = lingers ? try socket.read(into: buffer) : try socket.readAvailable(into: buffer)
      }
      if case .bytes(let count) = result {
        counters?.add(count, to: .bytesReceived)
        return count
      }
      return 0
    }
    return result
  }

  /// Works on what came; says whether the connection goes on.
  private func work() throws -> Bool {
    let driver = self.driver ?? attach()
    let before = driver.commandCount
    let goesOn = try driver.work()
    if driver.commandCount != before {
      lastProgress.store(CoarseClock.nanoseconds, ordering: .relaxed)
    } else if hasExpired {
      // Bytes that make no command do not count.
      logExpiry()
      return false
    }
    return goesOn
  }

  private func attach() -> SessionDriver {
    let handler = engine.makeHandler()
    let new = SessionDriver(
      engine.timesCallbacks ? TimedHandler(handler) : handler, socket: socket,
      decoder: firstBytes, connection: number, log: engine.configuration.log)
    firstBytes = FrameDecoder()
    new.context.counters = counters
    driver = new
    return new
  }

  private func expire() {
    logExpiry()
    end()
  }

  private func logExpiry() {
    counters?.count(.timeout)
    log.warning("no command came for \(engine.configuration.timeout), closing a connection")
  }

  private func end() {
    log.info("a connection ended after \(driver?.commandCount ?? 0) commands")
    if engine.configuration.tellsOfProbes, driver == nil { _ = attach() }
    driver?.end()
    driver = nil
    let source = idle.withLock { idle in
      defer { idle.source = nil }
      idle.isClosed = true
      return idle.source
    }
    if let source {
      // The peer is to see the end now; the number of the descriptor must not be used again before
      // Dispatch has let go of it.
      try? socket.shutdown()
      source.setCancelHandler { [socket] in socket.close() }
      source.cancel()
      source.resume()
    } else {
      socket.close()
    }
    engine.ended(self)
  }

  private func park() {
    driver?.context.releaseBuffers()
    firstBytes.releaseStorage()
    let isInMessage = isInMessage
    idle.withLock { idle in
      idle.isIdle = true
      if let source = idle.source {
        source.resume()
      } else {
        let source = DispatchSource.makeReadSource(
          fileDescriptor: socket.descriptor, queue: engine.queue)
        source.setEventHandler { [weak self] in self?.wake() }
        idle.source = source
        source.activate()
      }
    }
    // From here on the connection may have another thread. If the server began to stop before it
    // was idle, nobody else will wake it.
    if engine.isStopping, !isInMessage { wake() }
  }

  // MARK: On any thread

  /// Has a thread serve the connection, if it has none.
  func wake() {
    let isClaimed = idle.withLock { idle in
      guard idle.isIdle else { return false }
      idle.isIdle = false
      idle.source?.suspend()
      return true
    }
    if isClaimed { engine.pool.run(self) }
  }

  /// Whether the MTA has been silent, or in the middle of a command, for too long.
  var hasExpired: Bool { silence > engine.configuration.timeout }

  /// For how long no command was done with.
  private var silence: Duration {
    // In this order: progress that is made meanwhile must not lie in the future.
    let since = lastProgress.load(ordering: .relaxed)
    let silence = CoarseClock.nanoseconds &- since
    return .nanoseconds(Int64(clamping: silence))
  }

  /// Ends the connection under whoever reads from it.
  func cut() {
    idle.withLock { idle in
      if !idle.isClosed { try? socket.shutdown() }
    }
    wake()
  }
}
