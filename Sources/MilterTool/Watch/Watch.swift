import Dispatch
import MilterSystem

/// Listens in place of a filter, and relays each connection to the filter.
final class Watch: Sendable {
  private let listener: ListeningSocket
  private let journal: WatchJournal
  private let connect: @Sendable () throws -> Socket
  private let open = SystemMutex<[Int: WatchedConnection]>([:])

  /// Starts listening.
  ///
  /// - Parameters:
  ///   - spec: The socket.
  ///   - options: The mode and group of a Unix-domain socket.
  ///   - journal: The journal for the packets.
  ///   - connect: Connects to the filter.
  /// - Throws: An error if the socket cannot be opened.
  init(
    _ spec: SocketSpec, options: ListeningSocket.Options, journal: WatchJournal,
    connect: @escaping @Sendable () throws -> Socket
  ) throws {
    listener = try ListeningSocket(spec, options: options)
    self.journal = journal
    self.connect = connect
  }

  /// The local address.
  var address: SocketAddress { listener.localAddress }

  /// Whether the filter's socket is this one, so that each connection would cause another one.
  func isReached(by relay: SocketSpec) -> Bool {
    switch relay.target {
    case .descriptor: return false
    case .unix(let path):
      guard let own = listener.localAddress.path else { return false }
      guard let ours = try? FileStatus(FilePath(own)), let theirs = try? FileStatus(FilePath(path))
      else { return false }
      return ours.identity == theirs.identity
    case .inet(_, _, let port):
      guard let own = listener.localAddress.port else { return false }
      if case .number(let number) = port, number != own { return false }
      // Comparing addresses is not enough, because a host has many, and some mean all of them. So the method
      // connects.
      guard let probe = try? Socket.connect(to: relay, milliseconds: 1000) else { return false }
      defer { probe.close() }
      let events = try? Poll.wait(listener.descriptor, .readable, milliseconds: 0)
      return events?.isEmpty == false
    }
  }

  /// Stops listening.
  func close() {
    listener.unlinkIfOurs()
    listener.close()
  }

  private static let signals: [Signal] = [.interrupt, .terminate, .hangup]

  /// Blocks signals for ``run()``; must be called before any thread is started.
  static func holdSignals() { SignalMask.block(signals) }

  /// Runs until a signal stops it, or the reader of standard output closes it.
  func run() {
    let source = DispatchSource.makeReadSource(
      fileDescriptor: listener.descriptor, queue: DispatchQueue(label: "listener"))
    source.setEventHandler { [self] in accept() }
    source.resume()
    while Signal.next(of: Self.signals) == nil {}
    source.cancel()
    listener.unlinkIfOurs()
    let left = open.withLock { Array($0.values) }
    for connection in left { connection.cut() }
    for connection in left { connection.wait() }
  }

  private func accept() {
    // If one connection fails, the next one may succeed.
    guard let mta = try? listener.accept() else { return }
    let number = journal.begin()
    do {
      let connection = WatchedConnection(number, mta: mta, filter: try connect(), journal)
      open.withLock { $0[number] = connection }
      connection.start { [self] in open.withLock { _ = $0.removeValue(forKey: number) } }
    } catch {
      journal.remark("\(error)", on: number)
      journal.end(number)
    }
  }
}
