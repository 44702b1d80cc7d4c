import Foundation
import MilterProcesses
import MilterSystem

/// A private Postfix, independent of the system's and of other instances.
///
/// It has no queue manager: messages are in the queue `incoming` or `hold` as soon as the client has its reply,
/// and stay there.
package final class PostfixInstance: MTAInstance {
  /// The programs, where Debian and Ubuntu install them.
  static let neededFiles = [master, postqueue, postcat, sendmail].map(MTATree.current.path)
  private static let master = "/usr/lib/postfix/sbin/master"
  private static let postqueue = "/usr/sbin/postqueue"
  private static let postcat = "/usr/sbin/postcat"
  private static let sendmail = "/usr/sbin/sendmail"

  /// The version of the installed Postfix.
  static func version() throws -> String {
    try defaultValue(of: "mail_version")
  }

  /// The installed Postfix's default of a setting.
  package static func defaultValue(of setting: String) throws -> String {
    try MTATree.current.succeed("/usr/sbin/postconf", ["-d", "-h", setting]).output
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  package var port: UInt16 { reservedPort.number }
  private let directory: InstanceDirectory
  private let daemon: Daemon
  private let reservedPort: ReservedPort

  /// Starts the instance and waits until it accepts connections.
  init(_ settings: RealMTA.Settings, _ prepare: (InstanceDirectory) throws -> Void) throws {
    let directory = try InstanceDirectory()
    try PostfixInstance.makeDirectories(in: directory)
    let configuration = try PostfixConfiguration(settings: settings, directory: directory.path)
    try directory.write(configuration.main, to: "etc/main.cf")
    (daemon, reservedPort) = try startListening { port in
      try directory.write(configuration.master(port: port), to: "etc/master.cf")
      try prepare(directory)
      return try MTATree.current.start(
        PostfixInstance.master, ["-c", directory.path(of: "etc"), "-s"],
        environment: ["MAIL_CONFIG": directory.path(of: "etc")], in: directory.path)
    }
    self.directory = directory
    // Clients may connect only after this. smtpd's warnings can fill the ten places of the logger's socket, and
    // a logger that begins with its own warning would then wait for itself.
    try poll(for: "Postfix's logger") {
      if log().contains("daemon started") { return () }
      if try daemon.hasEnded() {
        throw RealMTAError(.ended, "the server ended at once; its log: \(log())")
      }
      return nil
    }
  }

  deinit {
    stop()
  }

  package func stop() {
    daemon.stop()
    directory.remove()
  }

  package func log() -> String {
    let bytes = (try? directory.read("maillog")) ?? []
    return daemon.log() + String(decoding: bytes, as: UTF8.self)
  }

  package func queueIDs() throws -> [String] {
    try entries().map(\.queue_id).sorted()
  }

  package func message(_ id: String) throws -> QueuedMessage {
    guard let entry = try entries().first(where: { $0.queue_id == id }) else {
      throw Self.noMessage(id)
    }
    let envelope = PostfixEnvelope(try postcat("-e", id))
    let header = try postcat("-h", id)
    // With only -b, a part of a header field of more than 2 KB would be included. If the header ends without an
    // empty line, the body begins at once.
    let rest = try postcat("-hb", id).dropFirst(header.count)
    return QueuedMessage(
      id: id, sender: envelope.sender, envelopeID: envelope.envelopeID,
      returnContent: envelope.returnContent, bodyType: envelope.encoding,
      recipients: envelope.recipients, headers: try QueuedHeader.parse(header.splitAtLF),
      body: Array(rest.first == 0x0a ? rest.dropFirst() : rest),
      isQuarantined: entry.queue_name == "hold", quarantineReason: nil)
  }

  package func headers(of id: String) throws -> [QueuedHeader] {
    do {
      return try QueuedHeader.parse(try postcat("-h", id).splitAtLF)
    } catch let error as HarnessError where error.kind == .programFailed {
      guard try queueIDs().contains(id) else { throw Self.noMessage(id) }
      throw error
    }
  }

  private static func noMessage(_ id: String) -> RealMTAError {
    RealMTAError(.noSuchMessage, "Postfix has no message \(id) in its queue")
  }

  /// Submits a message as a local program does; it appears in the queue later.
  ///
  /// - Returns: The queue ID, when the message is in the queue.
  @discardableResult
  package func submitLocally(
    _ message: [UInt8], from sender: String = "sender@from.example",
    to recipients: [String] = ["rcpt@to.example"]
  ) throws -> String {
    let before = Set(try queueIDs())
    try submitWithoutWaiting(message, from: sender, to: recipients)
    return try poll(for: "a locally submitted message") {
      try entries().first { $0.queue_name != "maildrop" && !before.contains($0.queue_id) }?.queue_id
    }
  }

  /// Submits a message as a local program does, without waiting for it to appear in the queue.
  package func submitWithoutWaiting(
    _ message: [UInt8], from sender: String = "sender@from.example",
    to recipients: [String] = ["rcpt@to.example"]
  ) throws {
    try MTATree.current.succeed(
      PostfixInstance.sendmail,
      ["-C", directory.path(of: "etc"), "-i", "-f", sender, "--"] + recipients, input: message)
  }

  /// Whether all local submissions were picked up.
  package func hasPickedUpEverything() throws -> Bool {
    try entries().allSatisfy { $0.queue_name != "maildrop" }
  }

  // MARK: - Queue

  /// A line of `postqueue -j`, with its names.
  private struct Entry: Decodable {
    let queue_name: String  // swift-format-ignore: AlwaysUseLowerCamelCase
    let queue_id: String  // swift-format-ignore: AlwaysUseLowerCamelCase
  }

  private func entries() throws -> [Entry] {
    let queue = try MTATree.current.succeed(
      PostfixInstance.postqueue, ["-c", directory.path(of: "etc"), "-j"])
    do {
      return try queue.outputBytes.splitAtLF.map {
        try JSONDecoder().decode(Entry.self, from: Data($0))
      }
    } catch {
      throw RealMTAError(.unexpectedOutput, "not the form of postqueue -j: \(queue.output)")
    }
  }

  private func postcat(_ option: String, _ id: String) throws -> [UInt8] {
    try MTATree.current.succeed(
      PostfixInstance.postcat, ["-c", directory.path(of: "etc"), option, "-q", id]
    ).outputBytes
  }

  /// Creates the directories that `postfix check` would create, in a tenth of the time.
  private static func makeDirectories(in directory: InstanceDirectory) throws {
    guard let account = try? ProcessCredentials(user: "postfix", group: "postdrop") else {
      throw RealMTAError(.notInstalled, "there is no user postfix or no group postdrop")
    }
    try directory.makeDirectory("etc")
    try directory.makeDirectory("data", owner: account.user)
    try directory.makeDirectory("queue")
    try directory.makeDirectory("queue/pid")
    for name in [
      "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private",
      "saved", "trace",
    ] {
      try directory.makeDirectory("queue/\(name)", mode: 0o700, owner: account.user)
    }
    try directory.makeDirectory(
      "queue/maildrop", mode: 0o730, owner: account.user, group: account.group)
    try directory.makeDirectory(
      "queue/public", mode: 0o710, owner: account.user, group: account.group)
  }
}
