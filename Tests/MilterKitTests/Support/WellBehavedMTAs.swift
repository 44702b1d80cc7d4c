import Foundation
import MilterCore
import MilterKit
import Synchronization

/// A filter whose verdict depends on the message, so that swapped answers are noticed.
final class Sorter: Milter {
  private var sender = ""

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    self.sender = sender
    return .continue
  }

  override func eom() throws -> Status {
    try addheader("X-Sender", sender)
    return sender.contains("unwanted") ? .reject : .accept
  }
}

/// MTAs that play message after message to a ``Sorter``, each on a connection and a thread of its
/// own, and look at every reply.
final class WellBehavedMTAs: Sendable {
  private struct State {
    var isOver = false
    var messages = 0
    var failure: (any Error)?
  }
  private let state = Mutex(State())
  private let running = DispatchGroup()

  struct WrongReplies: Error {
    let replies: [FilterReply]
  }

  /// Starts them.
  init(_ spec: String, count: Int) {
    for number in 0..<count {
      running.enter()
      Thread.detachNewThread { [self] in
        do {
          let mta = try TestMTA(spec)
          try mta.greet()
          var message = 0
          repeat {
            try play(mta, "<\(number)-\(message)@\(message % 2 == 0 ? "wanted" : "unwanted")>")
            message += 1
          } while !state.withLock({ $0.isOver })
          state.withLock { $0.messages += message }
        } catch {
          state.withLock { $0.failure = error }
        }
        running.leave()
      }
    }
  }

  private func play(_ mta: TestMTA, _ sender: String) throws {
    for command in [MTACommand.mail([bytes(sender)]), .rcpt([bytes("<c@d>")])] {
      let replies = try mta.ask(command)
      if replies != [.continue] { throw WrongReplies(replies: replies) }
    }
    let replies = try mta.ask(.endOfBody([]))
    let verdict: FilterReply = sender.contains("unwanted") ? .reject : .accept
    if replies != [.addheader(name: bytes("X-Sender"), value: bytes(sender)), verdict] {
      throw WrongReplies(replies: replies)
    }
  }

  /// Lets each end its message.
  ///
  /// - Returns: How many messages there were, all of them with the right replies.
  /// - Throws: What went wrong with one.
  func finish() throws -> Int {
    state.withLock { $0.isOver = true }
    running.wait()
    return try state.withLock { state in
      if let failure = state.failure { throw failure }
      return state.messages
    }
  }
}
