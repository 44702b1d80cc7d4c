import Dispatch
package import MilterClient
import MilterCore
package import MilterMTA
import Synchronization

/// Plays messages through a filter, and tells what came of them.
package struct Player: Sendable {
  /// Each connection has a thread of Dispatch's own, and there are not more of these.
  static let mostConnections = 200

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
  package static func check(_ paths: [String]) throws { _ = try MailFile.find(paths) }

  /// Plays all messages in some files, and prints what came of each, in their order.
  ///
  /// - Parameter paths: files, directories, mbox files, or `-` for standard input.
  /// - Returns: the exit status: that of the verdict, of several the highest; see `MTAVerdict`.
  /// - Throws: if a file cannot be read or written, or the filter cannot be reached.
  package func play(_ paths: [String]) throws -> Int32 {
    var source = try MailSource(paths, repetitions: options.repetitions)
    let desk = try OutcomeDesk(
      program, options, isSeveral: source.isSeveral(), totalSize: source.totalSize)
    let queue = Mutex(source)
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
    return try desk.finish()
  }

  /// Plays what is left to be played, message after message.
  private func work(_ queue: borrowing Mutex<MailSource>, _ desk: OutcomeDesk) throws {
    var connection: FilterConnection?
    var left = 0
    let profile = options.playedProfile
    defer { connection?.quit() }
    while desk.isOpen, let item = try queue.withLock({ try $0.next() }) {
      if connection == nil { left = options.messagesPerConnection }
      let current = try connection ?? connect(profile)
      let outcome = current.play(options.mail(item.message))
      connection = current
      left -= 1
      // A verdict about the client is one about this message: the next one comes with another.
      let isAboutClient = outcome.stage == .connect || outcome.stage == .helo
      if left == 0 || isAboutClient || outcome.disconnects || current.session.failure != nil {
        current.quit()
        connection = nil
      }
      try desk.take(item, outcome)
    }
  }
}
