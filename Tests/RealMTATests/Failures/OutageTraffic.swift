import Foundation

/// Many clients that send numbered messages through one MTA, while its filter comes and goes.
///
/// A client that is refused in an outage waits for its end before it sends the next message, as
/// real ones do: so an outage costs each client one message, however long it takes.
///
/// `@unchecked Sendable`: `state` is guarded by `changed`; of the MTA only the port is asked for.
final class OutageTraffic: @unchecked Sendable {
  /// What became of the messages, by number.
  struct Outcomes {
    /// The names in the queue.
    var accepted: [Int: String] = [:]
    /// The temporary failures.
    var refused: [Int: SMTPReply] = [:]
    /// What must not happen: no reply, or one that is neither.
    ///
    /// Each message is in one of the three.
    var surprises: [String] = []
  }

  /// How many send at the same time.
  static let clients = 10
  /// The number of messages that a client sends in one session.
  private static let messagesInSession = 5

  private struct State {
    var outcomes = Outcomes()
    var begun = 0
    var isEnding = false
    var running = OutageTraffic.clients
    var waiting = 0
    var isOut = false
  }

  private let mta: RealMTA
  private var state = State()
  private let changed = NSCondition()

  /// Has all clients begin; they go on until the end is waited for, so that no outage meets idle clients.
  init(to mta: RealMTA) {
    self.mta = mta
    for _ in 0..<Self.clients { Thread { self.run() }.start() }
  }

  /// How many messages something has become of.
  var finished: Int {
    changed.withLock { state.outcomes.accepted.count + state.outcomes.refused.count }
  }

  /// Whether every client has met the outage.
  var isRefusedEverywhere: Bool { changed.withLock { state.waiting == state.running } }

  /// From now on clients that are refused wait.
  func announceOutage() { changed.withLock { state.isOut = true } }

  /// Has the clients that wait go on.
  func announceService() {
    changed.withLock {
      state.isOut = false
      changed.broadcast()
    }
  }

  /// Has no more messages begin.
  func end() {
    changed.withLock { state.isEnding = true }
    announceService()
  }

  /// Has no more messages begin, and waits until something has become of all.
  func waitForEnd() -> Outcomes {
    end()
    return changed.withLock {
      while state.running > 0 { changed.wait() }
      return state.outcomes
    }
  }

  // MARK: A client's thread

  private func run() {
    var session: SMTPClient?
    var count = 0
    while let number = next() {
      do {
        let reply = try offer(number, &session)
        note(reply, of: number)
        count += 1
        if reply.code == 250, count % Self.messagesInSession > 0 { continue }
      } catch {
        changed.withLock { state.outcomes.surprises.append("\(number): \(error)") }
      }
      _ = try? session?.quit()
      session = nil
    }
    changed.withLock {
      state.running -= 1
      changed.broadcast()
    }
  }

  private func next() -> Int? {
    changed.withLock {
      guard !state.isEnding else { return nil }
      state.begun += 1
      return state.begun
    }
  }

  /// Sends a message, in a new session if necessary, and returns the last reply.
  private func offer(_ number: Int, _ session: inout SMTPClient?) throws -> SMTPReply {
    let client = try session ?? mta.connect()
    if session == nil {
      session = client
      guard client.greeting.isPositive else { return client.greeting }
      let ehlo = try client.ehlo()
      guard ehlo.isPositive else { return ehlo }
    }
    return try client.send(
      message: mail("Subject: \(number)"), from: "\(number)@from.example"
    ).final
  }

  private func note(_ reply: SMTPReply, of number: Int) {
    changed.withLock {
      if let id = reply.queueID {
        state.outcomes.accepted[number] = id
      } else if 400..<500 ~= reply.code {
        state.outcomes.refused[number] = reply
        state.waiting += 1
        while state.isOut { changed.wait() }
        state.waiting -= 1
      } else {
        state.outcomes.surprises.append("\(number): \(reply)")
      }
    }
  }
}
