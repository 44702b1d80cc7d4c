import Foundation
import MilterCore
import MilterKit
import Synchronization

/// A filter whose verdict depends on the message, so that the MTAs notice swapped replies.
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

/// MTAs that play messages to a ``Sorter``, each on its own connection and thread, and check every
/// reply.
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

  /// Starts the MTAs.
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

  /// Ends the MTAs after their current message.
  ///
  /// - Returns: The number of messages, which all had the right replies.
  /// - Throws: The error of an MTA.
  func finish() throws -> Int {
    state.withLock { $0.isOver = true }
    running.wait()
    return try state.withLock { state in
      if let failure = state.failure { throw failure }
      return state.messages
    }
  }
}
