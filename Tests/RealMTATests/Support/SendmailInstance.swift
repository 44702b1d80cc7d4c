import Foundation
import Glibc

/// A Sendmail of our own, run from where `.ci/install-mtas` unpacked it.
///
/// It delivers nothing: a message is in its queue as soon as the client has its reply.
final class SendmailInstance: MTA {
  static let kind = MTAKind.sendmail

  /// What it needs: the unpacked packages, the library that lends it a host name, and m4.
  static let neededFiles = [program, macros, hostNames, m4]
  private static let root =
    ProcessInfo.processInfo.environment["SWIFT_MILTER_SENDMAIL_ROOT"]
    ?? "/opt/swift-milter-tests/sendmail"
  private static let program = "\(root)/usr/libexec/sendmail/sendmail"
  private static let macros = "\(root)/usr/share/sendmail/cf/m4/cf.m4"
  private static let hostNames = "\(root)/libnss_wrapper.so"
  private static let m4 = "/usr/bin/m4"

  let port: UInt16
  private let directory: InstanceDirectory
  private let daemon: Daemon

  init(_ settings: MTASettings) throws {
    let directory = try InstanceDirectory()
    try directory.makeDirectory("queue", mode: 0o700)
    try directory.write("127.0.0.1 localhost\n127.0.1.1 sendmail.example.org\n", to: "hosts")
    try directory.write("hosts files\naliases files\n", to: "service.switch")
    let configuration = SendmailConfiguration(
      settings: settings, directory: directory.path, macros: SendmailInstance.macros)
    (daemon, port) = try startListening { port in
      let source = try directory.write(configuration.source(port: port), to: "sendmail.mc")
      let text = try Subprocess.succeed(SendmailInstance.m4, [source]).output
      let file = try directory.write(text, to: "sendmail.cf")
      // What -d makes it print would otherwise go to the client, in the middle of the replies.
      let trace = ["-D", directory.path(of: "trace")]
      return try Daemon(
        SendmailInstance.program, ["-C", file] + trace + ["-bD"] + settings.sendmailArguments,
        environment: SendmailInstance.environment(in: directory), in: directory.path, log: "output")
    }
    self.directory = directory
  }

  deinit {
    stop()
  }

  func stop() {
    daemon.stop()
    directory.remove()
  }

  /// Has Sendmail speak SMTP on standard input and output, as for a program of the machine.
  ///
  /// Its standard input and output are pipes, as they usually are.
  func session() throws -> SMTPClient {
    try SMTPClient(
      program: "/bin/sh",
      [
        "-c", "cat | \"$0\" -C \"$1\" -bs | cat", SendmailInstance.program,
        directory.path(of: "sendmail.cf"),
      ], environment: SendmailInstance.environment(in: directory), greets: true)
  }

  func log() -> String {
    let bytes = (try? directory.read("trace")) ?? []
    return daemon.log() + String(decoding: bytes, as: UTF8.self)
  }

  func queueIDs() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path(of: "queue"))
      .filter { $0.hasPrefix("qf") || $0.hasPrefix("hf") }.map { String($0.dropFirst(2)) }.sorted()
  }

  func message(_ id: String) throws -> QueuedMessage {
    let isQuarantined = access(directory.path(of: "queue/hf\(id)"), F_OK) == 0
    let file = try SendmailQueueFile(directory.read("queue/\(isQuarantined ? "hf" : "qf")\(id)"))
    return QueuedMessage(
      id: id, sender: file.sender, envelopeID: file.envelopeID, returnContent: file.returnContent,
      bodyType: file.bodyType, recipients: file.recipients, headers: file.headers,
      body: try directory.read("queue/df\(id)"),
      isQuarantined: isQuarantined || file.quarantineReason != nil,
      quarantineReason: file.quarantineReason)
  }

  func headers(of id: String) throws -> [QueuedHeader] {
    try SendmailQueueFile(directory.read("queue/qf\(id)")).headers
  }

  /// The environment with a host name and a hosts file of ours.
  ///
  /// Without a full host name Sendmail sleeps 60 seconds before it reads its configuration.
  private static func environment(in directory: InstanceDirectory) -> [String: String] {
    Subprocess.environment.merging([
      "LD_PRELOAD": hostNames,
      "NSS_WRAPPER_HOSTNAME": "sendmail.example.org",
      "NSS_WRAPPER_HOSTS": directory.path(of: "hosts"),
    ]) { $1 }
  }
}
