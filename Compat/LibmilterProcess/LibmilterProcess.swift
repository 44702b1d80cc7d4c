package import MilterCore
package import MilterRuntime
import MilterSystem
import Synchronization

/// libmilter's state in a process: one filter, one socket, settings, and the running server.
///
/// The C library and the module `Libmilter` use it. Before ``main()``, it uses neither Dispatch nor threads,
/// because filters fork between opening the socket and running.
package final class LibmilterProcess: Sendable {
  package static let shared = LibmilterProcess()

  private struct State {
    var makeHandler: (@Sendable () -> any SessionHandler)?
    var socket: String?
    var backlog: Int?
    var timeout: Duration?
    var server: MilterServer?
    var isStopped = false
  }

  private let state = SystemMutex(State())
  private let debugLevel = Atomic<Int32>(0)
  private let dataSize = Atomic<Int>(WireLimits.payload64K)

  /// The time for messages in progress after SIGTERM; the original ends within 5 seconds, and drops them.
  private static let drain = Duration.seconds(5)

  /// The version of the interface.
  package static let version: (major: UInt32, minor: UInt32, level: UInt32) = (1, 0, 1)

  /// The name of a filter whose description has none.
  package static let unknownName = "Unknown"

  /// Returns the callbacks that a description of an interface version lacks.
  ///
  /// - Throws: `Refusal` if the version is unknown.
  package static func callbacksMissing(in version: Int32) throws(Refusal) -> MilterCallbacks {
    switch version {
    case 2: [.unknown, .data, .negotiate]
    case 3: [.data, .negotiate]
    case 4: .negotiate
    case 0x0100_0000...0x0100_00FF: []
    default: throw Refusal("version \(version) of the interface is not known")
    }
  }

  // MARK: Settings

  package func register(_ makeHandler: @escaping @Sendable () -> any SessionHandler) {
    state.withLock { $0.makeHandler = makeHandler }
  }

  /// Sets the socket to listen on; a text without a scheme is a path.
  ///
  /// - Throws: `Refusal` if there is no text.
  package func set(socket: String?) throws(Refusal) {
    guard let socket, !socket.isEmpty else { throw Refusal("the socket is missing") }
    let hasScheme = socket.utf8.contains(UInt8(ascii: ":"))
    state.withLock { $0.socket = hasScheme ? socket : "unix:\(socket)" }
  }

  /// Sets the maximum number of connections that wait to be accepted.
  ///
  /// - Throws: `Refusal` if it is not positive.
  package func set(backlog: Int32) throws(Refusal) {
    guard backlog > 0 else { throw Refusal("the backlog is \(backlog); it must be at least 1") }
    state.withLock { $0.backlog = Int(backlog) }
  }

  /// Sets the maximum silence of an MTA in seconds; at least one.
  package func set(timeout seconds: Int32) {
    state.withLock { $0.timeout = .seconds(max(1, Int(seconds))) }
  }

  package func set(debugLevel level: Int32) { debugLevel.store(level, ordering: .relaxed) }

  package var isDebugging: Bool { debugLevel.load(ordering: .relaxed) > 0 }

  /// The maximum payload of a packet in bytes.
  package var maximumPayload: Int { dataSize.load(ordering: .relaxed) }

  /// Sets the limit and returns the previous one.
  package func exchange(maximumPayload size: Int) -> Int {
    dataSize.exchange(size, ordering: .relaxed)
  }

  // MARK: Running

  /// Opens the socket, once.
  ///
  /// - Parameter replacing: Whether to remove an existing socket, even if it is in use.
  /// - Throws: An error if the socket cannot be opened.
  package func open(replacing: Bool) throws {
    try state.withLock { state in
      guard state.server == nil else { return }
      guard let makeHandler = state.makeHandler else {
        throw Refusal("smfi_register was not called")
      }
      guard let socket = state.socket else { throw Refusal("smfi_setconn was not called") }
      try Self.clear(socket, replacing: replacing)
      var configuration = MilterConfiguration()
      configuration.log = DebugLog.log
      configuration.drain = Self.drain
      if let stackSize = ThreadStack.defaultSize { configuration.stackSize = stackSize }
      // If root ran the filter, the file stays, as in the original.
      configuration.leavesSocketFiles = { ThisProcess.effectiveUser == 0 }
      // close is called for every connection.
      configuration.tellsOfProbes = true
      if let backlog = state.backlog { configuration.backlog = backlog }
      if let timeout = state.timeout { configuration.timeout = timeout }
      let server = try MilterServer(
        sockets: [socket], configuration: configuration, makeHandler: makeHandler)
      try server.open()
      state.server = server
    }
  }

  /// Removes a socket at the path of a Unix-domain socket if that is allowed; otherwise throws an error.
  private static func clear(_ socket: String, replacing: Bool) throws {
    guard case .unix(let path) = try SocketSpec(socket).target else { return }
    let file = FilePath(path)
    guard let status = try? FileStatus(file, followingLinks: false) else { return }
    guard replacing, status.kind == .socket else { throw Refusal("\(path) exists") }
    try? file.remove()
  }

  /// Serves until it is stopped.
  ///
  /// After it was stopped, it opens the socket, closes it again, and returns, as libmilter does.
  /// - Throws: An error if the socket cannot be opened; for root, also because its file still exists.
  package func main() throws {
    try open(replacing: false)
    let (server, isStopped) = state.withLock { ($0.server, $0.isStopped) }
    guard let server else { return }
    defer {
      server.stop(drain: .zero)
      state.withLock { $0.server = nil }
    }
    if isStopped { return }
    do {
      try server.run()
    } catch {
      // If it was stopped before, the server cannot run.
      guard state.withLock({ $0.isStopped }) else { throw error }
    }
    state.withLock { $0.isStopped = true }
  }

  /// Ends ``main()``; may be called on any thread, also in a callback.
  package func stop() {
    let server = state.withLock { state in
      state.isStopped = true
      return state.server
    }
    server?.requestStop(drain: Self.drain)
  }
}
