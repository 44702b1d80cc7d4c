import Dispatch
import Foundation
import MilterFilterFixtures
import MilterProcessFixtures
import Testing

@testable import MilterKit
@testable import MilterRuntime

/// The effect of signals on several running servers, whichever of them receives the signal.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct SeveralServersTests {
  /// A server that runs on its own thread.
  ///
  /// `@unchecked Sendable`: the thread's number and its error are written before `isListening` is signalled.
  final class Running: @unchecked Sendable {
    let journal = Journal()
    private(set) var thread = pthread_self()
    private var failure: (any Error)?
    private let isListening = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)

    init(reload: @escaping @Sendable () -> Void = {}) throws {
      Thread.detachNewThread { [self] in
        thread = pthread_self()
        var configuration = MilterConfiguration()
        configuration.reload = reload
        configuration.log = MilterLog { [self] _, line in
          journal.note(line)
          if line.hasPrefix("listening on ") { isListening.signal() }
        }
        do {
          let server = try MilterServer(
            sockets: ["inet:0@127.0.0.1"], configuration: configuration
          ) { ScriptedFilter() as Milter }
          try server.run()
        } catch {
          failure = error
          isListening.signal()
        }
        hasEnded.signal()
      }
      try isListening.wait(for: "the server to listen")
      if let failure { throw failure }
    }

    /// Returns whether the server ends within a minute.
    func ends() -> Bool { hasEnded.wait(timeout: .now() + 60) == .success }
  }

  @Test func `SIGTERM stops both of two running servers`() async {
    await #expect(processExitsWith: .success) {
      let servers = [try Running(), try Running()]
      pthread_kill(servers[0].thread, SIGTERM)
      for server in servers {
        #expect(server.ends())
        #expect(server.journal.all.suffix(2) == ["signal 15: stopping", "stopped"])
      }
    }
  }

  @Test func `SIGHUP reloads both of two running servers, and stops none`() async {
    await #expect(processExitsWith: .success) {
      let reloads = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
      let servers = try reloads.map { reload in try Running { reload.signal() } }
      for _ in 0..<3 {
        for server in servers {
          pthread_kill(server.thread, SIGHUP)
          for reload in reloads { #expect(reload.wait(timeout: .now() + 60) == .success) }
        }
      }
      pthread_kill(servers[1].thread, SIGTERM)
      for server in servers { #expect(server.ends()) }
    }
  }

  @Test func `Several SIGHUPs wait for the reload in progress, and cause one more`() async {
    await #expect(processExitsWith: .success) {
      let (count, isUnderWay) = (Counter(), DispatchSemaphore(value: 0))
      let gate = DispatchSemaphore(value: 0)
      let reload: @Sendable () -> Void = {
        count.add()
        isUnderWay.signal()
        gate.wait()
      }
      let process = ServerProcess(log: MilterLog { _, _ in }, reload: reload)
      try process.start(stackSize: 256 * 1024)
      process.reloadLater()
      try isUnderWay.wait(for: "the reload")
      for _ in 0..<1000 { process.reloadLater() }
      for _ in 0..<1001 { gate.signal() }
      process.reloads.finishJobs()
      #expect(count.value == 2)
      process.reloadLater()
      process.reloads.finishJobs()
      #expect(count.value == 3)
      process.dismiss()
    }
  }

  @Test func `As with libmilter, signals stay blocked after a C filter has run`() async {
    await #expect(processExitsWith: .success) {
      // This code may run on a Dispatch thread, which blocks signals.
      var none = sigset_t()
      sigemptyset(&none)
      pthread_sigmask(SIG_SETMASK, &none, nil)
      ServerProcess(log: MilterLog { _, _ in }, reload: {}).dismiss()
      #expect(blockedSignals() == [])
      ServerProcess(log: MilterLog { _, _ in }, reload: nil).dismiss()
      #expect(blockedSignals() == [SIGHUP, SIGINT, SIGTERM])
    }
  }
}

/// Returns the signals of a server that the calling thread blocks.
private func blockedSignals() -> [Int32] {
  var mask = sigset_t()
  pthread_sigmask(SIG_BLOCK, nil, &mask)
  return [SIGHUP, SIGINT, SIGTERM].filter { sigismember(&mask, $0) == 1 }
}
