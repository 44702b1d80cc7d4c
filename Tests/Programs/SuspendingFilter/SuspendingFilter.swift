// A filter whose helo callback suspends until the process gets SIGUSR2, for a test that inspects the process
// from outside. It then refuses MAIL with a reply that names the client's HELO host.
//
//   COUNT=N  the Nth helo callback logs a line

import Dispatch
import Foundation
import MilterFilterFixtures
import MilterKit
import Synchronization

@main
final class SuspendingFilter: AsyncMilter {
  private static let room = WaitingRoom()
  private static let count = Counter()
  private static let limit = ProcessInfo.processInfo.environment["COUNT"].flatMap { Int($0) }
  /// Only `prepare` uses it, once.
  nonisolated(unsafe) private static let signals = DispatchSource.makeSignalSource(
    signal: SIGUSR2, queue: .global())

  private var name = ""

  override class func prepare() throws {
    signal(SIGUSR2, SIG_IGN)
    signals.setEventHandler { room.open() }
    signals.resume()
  }

  override func helo(_ host: String) async throws -> Status {
    name = host
    if Self.count.add() == Self.limit { Self.log.notice("all are in HELO") }
    try await Self.room.wait()
    return .continue
  }

  override func envfrom(_ sender: String, _ args: [String]) async throws -> Status {
    try setreply("451", "4.7.1", name)
    return .tempfail
  }
}
