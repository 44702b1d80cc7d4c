import Foundation
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

@testable import MilterRuntime

/// Servers and supervisors that cannot start, each in its own process.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct FailedStartTests {
  /// Returns a server with a socket in a directory.
  private static func server(
    in directory: ScratchDirectory, stackSize: Int = 8 << 20
  ) throws -> MilterServer {
    var configuration = MilterConfiguration(stackSize: stackSize)
    configuration.log = MilterLog { _, _ in }
    return try MilterServer(
      sockets: ["unix:\(directory.path(of: "s"))"], configuration: configuration
    ) { ScriptedFilter() }
  }

  private static func exists(in directory: ScratchDirectory) -> Bool {
    FileManager.default.fileExists(atPath: directory.path(of: "s"))
  }

  /// Calls `body` while the process cannot open further descriptors.
  private static func withoutDescriptors(_ body: () async throws -> Void) async throws {
    let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    try #require(getrlimit(descriptors, &limit) == 0)
    defer { setrlimit(descriptors, &limit) }
    var none = rlimit(rlim_cur: 3, rlim_max: limit.rlim_max)
    try #require(setrlimit(descriptors, &none) == 0)
    try await body()
  }

  /// Whether the calling thread blocks SIGTERM.
  private static var blocksTermination: Bool {
    var set = sigset_t()
    pthread_sigmask(SIG_SETMASK, nil, &set)
    return sigismember(&set, SIGTERM) == 1
  }

  @Test func `A server that gets no thread to run leaves no socket`() async {
    await #expect(processExitsWith: .success) {
      let directory = try ScratchDirectory()
      // A stack of this size does not fit into the address space, so no thread can be created.
      let server = try Self.server(in: directory, stackSize: 1 << 50)
      #expect(throws: ThreadError.self) { try server.run() }
      #expect(server.addresses == [])
      #expect(!Self.exists(in: directory))
    }
  }

  @Test func `A server that gets no descriptor to serve leaves no socket`() async {
    await #expect(processExitsWith: .success) {
      let directory = try ScratchDirectory()
      let server = try Self.server(in: directory)
      try server.open()
      #expect(Self.exists(in: directory))
      try await Self.withoutDescriptors {
        await #expect(throws: SocketError.self) { try await server.serve() }
      }
      #expect(server.addresses == [])
      #expect(!Self.exists(in: directory))
    }
  }

  @Test func `A supervisor that does not run gives the signals back`() async {
    await #expect(processExitsWith: .success) {
      let directory = try ScratchDirectory()
      // This code may run on a Dispatch thread, which blocks signals.
      SignalMask.none.apply()
      func make(_ socket: String) throws -> Supervisor {
        try Supervisor(
          sockets: [socket], configuration: MilterConfiguration(),
          plan: SupervisorPlan(program: "/none", arguments: [], count: 1, name: "F"))
      }
      #expect(throws: SocketError.self) { try make("unix:/nonexistent/s") }
      #expect(!Self.blocksTermination)
      let supervisor = try make("unix:\(directory.path(of: "s"))")
      #expect(Self.blocksTermination)
      supervisor.close()
      #expect(!Self.blocksTermination)
      #expect(!Self.exists(in: directory))
    }
  }
}
