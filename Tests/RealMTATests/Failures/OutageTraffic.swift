import Foundation

/// Many clients that send numbered messages to one MTA during outages of its filter.
///
/// A client that is refused in an outage waits for the end of the outage before it sends the next message,
/// like a real client. So an outage affects one message of each client, however long it takes.
///
/// `@unchecked Sendable`: `changed` guards `state`, and the clients only use the port of the MTA.
final class OutageTraffic: @unchecked Sendable {
  /// The results of the messages, by number.
  struct Outcomes {
    /// The queue IDs of accepted messages.
    var accepted: [Int: String] = [:]
    /// The replies to messages that were refused temporarily.
    var refused: [Int: SMTPReply] = [:]
    /// The unexpected results: no reply, or another reply.
    ///
    /// Each message is in one of the three collections.
    var surprises: [String] = []
  }

  /// The number of clients that send at the same time.
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

  /// Starts all clients; they send until `end()`, so that clients are busy at each outage.
  init(to mta: RealMTA) {
    self.mta = mta
    for _ in 0..<Self.clients { Thread { self.run() }.start() }
  }

  /// The number of messages with a result.
  var finished: Int {
    changed.withLock { state.outcomes.accepted.count + state.outcomes.refused.count }
  }

  /// Whether a message of every client was refused in the outage.
  var isRefusedEverywhere: Bool { changed.withLock { state.waiting == state.running } }

  /// Makes clients that are refused from now on wait for the end of the outage.
  func announceOutage() { changed.withLock { state.isOut = true } }

  /// Makes the waiting clients continue.
  func announceService() {
    changed.withLock {
      state.isOut = false
      changed.broadcast()
    }
  }

  /// Makes the clients stop after their current messages.
  func end() {
    changed.withLock { state.isEnding = true }
    announceService()
  }

  /// Makes the clients stop after their current messages, and returns all results.
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
