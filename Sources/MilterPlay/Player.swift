import Dispatch
package import MilterClient
import MilterCommandLine
import MilterCore
package import MilterSystem
package import MilterMTA

/// Plays messages to a filter, and reports the results.
package struct Player: Sendable {
  /// The maximum number of connections.
  ///
  /// Each connection has a thread, and Dispatch has no more threads.
  static let mostConnections = 200
  /// The time in which a filter that does not close the connection may still send an unexpected reply.
  private static let lateReplyLimit = Duration.seconds(10)

  private let program: String
  private let options: PlayOptions
  private let connect: @Sendable (MTAProfile) throws -> FilterConnection

  /// Creates a player.
  ///
  /// - Parameters:
  ///   - program: The program's name in messages.
  ///   - options: The options.
  ///   - connect: Connects to the filter; called on any thread.
  package init(
    _ program: String, _ options: PlayOptions,
    connect: @escaping @Sendable (MTAProfile) throws -> FilterConnection
  ) {
    self.program = program
    self.options = options
    self.connect = connect
  }

  /// Checks that files exist, before a filter is started for them.
  ///
  /// - Throws: `FileError` if a file does not exist.
  package static func check(_ paths: [String]) throws(FileError) {
    var search = MailSearch()
    try search.find(paths.map { FilePath(argument: $0) })
  }

  /// Plays all messages in some files, and prints their outcomes in order.
  ///
  /// - Parameter paths: Files, directories, mbox files, or `-` for standard input.
  /// - Returns: The exit status for the verdict; for several messages, the highest one; see `MTAVerdict`.
  /// - Throws: An error if a file cannot be read or written, or if the filter cannot be reached.
  package func play(_ paths: [String]) throws -> Int32 {
    var source = try MailSource(
      paths, repetitions: options.repetitions, keepsLineEnds: options.keepsLineEnds)
    for warning in source.warnings { StandardOutput.complain("\(program): \(warning)") }
    let isComplete = source.isComplete
    let desk = try OutcomeDesk(
      program, options, isSeveral: source.isSeveral(), totalSize: source.totalSize)
    let queue = SystemMutex(source)
    let group = DispatchGroup()
    for number in 1...options.connections {
      DispatchQueue(label: "connection \(number)").async(group: group) {
        do {
          try work(queue, desk)
        } catch {
          desk.give(up: error)
        }
      }
    }
    group.wait()
    return max(try desk.finish(), isComplete ? 0 : 1)
  }

  /// A played message, and its outcome.
  private typealias Played = (item: MailSource.Item, outcome: MTAOutcome, differences: [String]?)

  /// Plays the remaining messages, one after the other.
  private func work(_ queue: borrowing SystemMutex<MailSource>, _ desk: OutcomeDesk) throws {
    var connection: FilterConnection?
    var left = 0
    let profile = options.playedProfile
    // A reply after the verdict is found only at the end of the connection.
    var last: Played?
    func tell(_ failure: MTAFailure?) throws {
      guard var played = last else { return }
      if let failure { played.outcome.fail(failure) }
      last = nil
      try desk.take(played.item, played.outcome, played.differences)
    }
    defer { connection?.quit() }
    while desk.isOpen {
      let next = Result { try queue.withLock { try $0.next() } }
      try tell(nil)
      guard let item = try next.get() else { break }
      if connection == nil { left = options.messagesPerConnection }
      let current = try connection ?? connect(profile)
      connection = current
      let mail = options.mail(item.message)
      var outcome = current.play(mail)
      var differences: [String]?
      if options.playsTwice {
        if outcome.isLastOfConnection {
          outcome.warnings.append("not played twice: the connection ended with the first time")
        } else {
          differences = current.playAgain(mail).differences(from: outcome)
        }
      }
      last = (item, outcome, differences)
      left -= 1
      // A verdict about the client applies to this message, because the next message has another client.
      let isAboutClient = outcome.callback == .connect || outcome.callback == .helo
      if left == 0 || isAboutClient || outcome.disconnects || current.session.failure != nil {
        connection = nil
        try tell(current.finish(within: Self.lateReplyLimit))
      }
    }
    let rest = connection
    connection = nil
    try tell(rest?.finish(within: Self.lateReplyLimit))
  }
}
