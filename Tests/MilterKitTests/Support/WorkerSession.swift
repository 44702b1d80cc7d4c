import Foundation
import MilterCore
import MilterProcessFixtures
import MilterSystem
import Testing

/// A session with one of several workers, which reports its process ID in a header field.
struct WorkerSession {
  let mta: TestMTA
  /// The worker's process ID.
  let worker: pid_t

  /// Begins a session, and sends a message in it.
  init(_ address: String) throws {
    mta = try TestMTA(address)
    try mta.greet()
    guard let worker = try Self.send(to: mta) else { throw TestMTA.Silence() }
    self.worker = worker
  }

  /// Begins sessions until a number of workers have one, and the total has reached a minimum.
  ///
  /// All workers serve already, so a few sessions reach each of them. On a busy machine, the kernel may give one
  /// of them none of the first hundreds. Each worker keeps at most `most` sessions; further
  /// sessions end at once.
  static func begin(
    _ address: String, with workers: Int, atLeast count: Int = 0, keeping most: Int = 20
  ) throws -> [WorkerSession] {
    var sessions: [WorkerSession] = []
    for _ in 0..<2000 {
      let reached = Set(sessions.map(\.worker)).count
      if reached >= workers, sessions.count >= count { return sessions }
      let session = try WorkerSession(address)
      if sessions.count(where: { $0.worker == session.worker }) < most {
        sessions.append(session)
      } else {
        try session.mta.quit()
      }
    }
    throw HarnessError("2000 sessions went to \(Set(sessions.map(\.worker)).count) workers")
  }

  /// Begins sessions until one is with a wanted worker, and returns that session.
  static func begin(
    _ address: String, with subject: String, where isWanted: (pid_t) -> Bool
  ) throws -> WorkerSession {
    try poll(for: "a session with \(subject)") {
      let session = try WorkerSession(address)
      return isWanted(session.worker) ? session : nil
    }
  }

  /// Sends another message.
  ///
  /// - Parameter header: The name of its one header field.
  /// - Returns: The process ID of the worker that answered; `nil` if the connection was closed.
  /// - Throws: An error if no answer comes.
  func next(header: String = "Subject") throws -> pid_t? { try Self.send(to: mta, header: header) }

  private static func send(to mta: TestMTA, header: String = "Subject") throws -> pid_t? {
    let commands: [MTACommand] = [
      .mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")]), .data,
      .header(name: bytes(header), value: bytes("hi")), .eoh,
    ]
    do {
      for command in commands where try mta.ask(command) != [.continue] { return nil }
      for case .addheader(let name, let value) in try mta.ask(.endOfBody([]))
      where name == bytes("X-Process") {
        return pid_t(String(decoding: value.filter { (0x30...0x39).contains($0) }, as: UTF8.self))
      }
      return nil
    } catch let error as SocketError where error.code == .disconnected {
      return nil
    }
  }
}
