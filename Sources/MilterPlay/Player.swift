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
  /// Each has a thread, and Dispatch has no more threads.
  static let mostConnections = 200
  /// The time in which a filter that does not close the connection may still send an unasked reply.
  private static let lateReplyLimit = Duration.seconds(10)

  private let program: String
  private let options: PlayOptions
  private let connect: @Sendable (MTAProfile) throws -> FilterConnection

  /// Makes a player.
  ///
  /// - Parameters:
  ///   - program: what the program is called in messages to people.
  ///   - options: what is played, and how.
  ///   - connect: connects to the filter; called on any thread.
  package init(
    _ program: String, _ options: PlayOptions,
    connect: @escaping @Sendable (MTAProfile) throws -> FilterConnection
  ) {
    self.program = program
    self.options = options
    self.connect = connect
  }

  /// Makes sure that files are there, before a filter is started for them.
  ///
  /// - Throws: `FileError` if one is not.
  package static func check(_ paths: [String]) throws(FileError) {
    var search = MailSearch()
    try search.find(paths.map { FilePath(argument: $0) })
  }

  /// Plays all messages in some files, and prints what came of each, in their order.
  ///
  /// - Parameter paths: files, directories, mbox files, or `-` for standard input.
  /// - Returns: the exit status: that of the verdict, of several the highest; see `MTAVerdict`.
  /// - Throws: if a file cannot be read or written, or the filter cannot be reached.
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

  /// A message that was played, and what came of it.
  private typealias Played = (item: MailSource.Item, outcome: MTAOutcome, differences: [String]?)

  /// Plays what is left to be played, message after message.
  private func work(_ queue: borrowing SystemMutex<MailSource>, _ desk: OutcomeDesk) throws {
    var connection: FilterConnection?
    var left = 0
    let profile = options.playedProfile
    // What a filter sends after its verdict is known at the end of the connection only.
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
      // A verdict about the client is one about this message: the next one comes with another.
      let isAboutClient = outcome.stage == .connect || outcome.stage == .helo
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
