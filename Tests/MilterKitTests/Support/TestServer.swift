import Dispatch
import Foundation
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

@testable import MilterRuntime

/// A server on a free port of loopback, or elsewhere, whose log is kept.
final class TestServer {
  private let logged: LoggedServer

  init(
    _ sockets: [String] = ["inet:0@127.0.0.1"],
    configure: (inout MilterConfiguration) -> Void = { _ in },
    _ makeMilter: @escaping @Sendable () -> MilterBase
  ) throws {
    logged = try LoggedServer(sockets, configure: configure, makeMilter)
  }

  deinit { server.stop(drain: .zero) }

  var spec: String { server.addresses.first ?? "" }

  var server: MilterServer { logged.server }

  var log: Journal { logged.log }

  /// The warnings and errors in the log.
  var complaints: [String] { logged.complaints }

  private var engine: Engine { get throws { try #require(server.engine) } }

  func connect() throws -> TestMTA { try TestMTA(spec) }

  /// An MTA whose first bytes are there when the server gets the connection: they are in time, however
  /// short the time is and however late the test.
  ///
  /// It connects to `spec` for a moment, which shows the kind of the socket.
  func connect(saying bytes: [UInt8], over spec: String = "inet:0@127.0.0.1") throws -> TestMTA {
    let listener = try ListeningSocket(SocketSpec(spec))
    defer {
      listener.unlinkIfOurs()
      listener.close()
    }
    let mta = try TestMTA("\(listener.localAddress)")
    try mta.send(bytes: bytes)
    let connection = try poll(for: "the connection") { try listener.accept() }
    try #require(
      try Poll.wait(connection.descriptor, .readable, milliseconds: 60_000) != [], "nothing came")
    try engine.accepted(connection)
    return mta
  }

  /// Changes the configuration for later connections.
  func reconfigure(_ change: (inout MilterConfiguration) -> Void) {
    var configuration = server.configuration
    change(&configuration)
    server.reconfigure(configuration)
  }

  /// Has the server look at its callbacks as it would after a time.
  func look(after time: Duration) throws {
    for connection in try engine.currentConnections {
      let isOverdue = connection.watch?.look(at: CoarseClock.nanoseconds &+ time.nanoseconds)
      if isOverdue ?? false { connection.cancelOverdue() }
    }
  }

  /// Returns when the log has all that the server has found out by looking at the clock.
  ///
  /// The MTA gets the answer before the callback is canceled.
  func finishLooking() throws { try engine.probe() }

  /// Stops the server on a thread of its own; the closure waits for the result.
  func stopping() -> () throws -> Int {
    let (server, done) = (server, DispatchSemaphore(value: 0))
    let left = Counter()
    Thread.detachNewThread {
      for _ in 0..<server.stop() { left.add() }
      done.signal()
    }
    return {
      try done.wait(for: "stop")
      return left.value
    }
  }
}
