import Dispatch
import Foundation
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

@testable import MilterRuntime

/// A server on a free port of the loopback interface, or on other sockets, with a recorded log.
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

  /// Connects an MTA, and returns it before the end of a message with the queue ID `4AbC`.
  func connectInMessage() throws -> TestMTA {
    let mta = try connect()
    try mta.greet()
    try mta.envelope()
    try mta.send(.macro(0x54, [MilterMacro(name: bytes("i"), value: bytes("4AbC"))]))
    for command in [MTACommand.data, .eoh] { #expect(try mta.ask(command) == [.continue]) }
    return mta
  }

  /// Connects an MTA whose first bytes have arrived before the server gets the connection.
  ///
  /// So the bytes are in time, however short the timeout is and however slow the test.
  ///
  /// The MTA connects to a temporary listener on `spec`, which selects the kind of socket.
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

  /// Makes the server check the timeouts of its callbacks as after a time.
  func look(after time: Duration) throws {
    for connection in try engine.currentConnections {
      let isOverdue = connection.watch?.look(at: CoarseClock.nanoseconds &+ time.nanoseconds)
      if isOverdue ?? false { connection.cancelOverdue() }
    }
  }

  /// Returns when the log has all results of the server's timeout checks.
  ///
  /// The MTA gets its reply before the callback is canceled.
  func finishLooking() throws { try engine.probe() }

  /// Stops the server on another thread, and returns a closure that waits for the result.
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
