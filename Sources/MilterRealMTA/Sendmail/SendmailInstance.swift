import MilterProcesses
import MilterSystem

/// A private Sendmail, independent of the machine's and of other instances.
///
/// It delivers no mail: a message is in its queue as soon as the client has its reply.
package final class SendmailInstance: MTAInstance {
  package var port: UInt16 { reservedPort.number }
  private let installation = SendmailInstallation.found
  private let program: String
  private let directory: InstanceDirectory
  private let daemon: Daemon
  private let reservedPort: ReservedPort

  /// Starts the instance and waits until it accepts connections.
  init(_ settings: RealMTA.Settings, _ prepare: (InstanceDirectory) throws -> Void) throws {
    let directory = try InstanceDirectory()
    try directory.makeDirectory("queue", mode: 0o700)
    try directory.write("127.0.0.1 localhost\n127.0.1.1 sendmail.example.org\n", to: "hosts")
    try directory.write("hosts files\naliases files\n", to: "service.switch")
    let configuration = SendmailConfiguration(
      settings: settings, directory: directory.path, macros: installation.macros)
    let program = try installation.copyProgram(to: directory)
    (daemon, reservedPort) = try startListening { [installation] port in
      let source = try directory.write(try configuration.source(port: port), to: "sendmail.mc")
      let text = try Subprocess.succeed(SendmailInstallation.m4, [source]).output
      let file = try directory.write(text, to: "sendmail.cf")
      try prepare(directory)
      // The output of -d would otherwise go to the client, between the replies.
      let trace = ["-D", directory.path(of: "trace")]
      return try MTATree.current.start(
        program, ["-C", file] + trace + ["-bD"] + settings.sendmailArguments,
        environment: installation.environment(in: directory), in: directory.path)
    }
    self.directory = directory
    self.program = program
  }

  deinit {
    stop()
  }

  package func stop() {
    daemon.stop()
    directory.remove()
  }

  /// Starts an SMTP session on standard input and output, as for a local program.
  ///
  /// Its standard input and output are pipes, as usual.
  package func session() throws -> SMTPClient {
    let script = "cat | \"$0\" -C \"$1\" -bs | cat"
    let command = MTATree.current.command(
      "/bin/sh", ["-c", script, program, directory.path(of: "sendmail.cf")],
      environment: installation.environment(in: directory))
    return try SMTPClient(program: command.program, command.arguments, greets: true)
  }

  package func log() -> String {
    let bytes = (try? directory.read("trace")) ?? []
    return daemon.log() + String(decoding: bytes, as: UTF8.self)
  }

  package func queueIDs() throws -> [String] {
    try Directory.names(in: FilePath(directory.path(of: "queue"))).map(\.text)
      .filter { $0.hasPrefix("qf") || $0.hasPrefix("hf") }.map { String($0.dropFirst(2)) }.sorted()
  }

  package func message(_ id: String) throws -> QueuedMessage {
    let (file, isQuarantined) = try queueFile(id)
    return QueuedMessage(
      id: id, sender: file.sender, envelopeID: file.envelopeID, returnContent: file.returnContent,
      bodyType: file.bodyType, recipients: file.recipients, headers: file.headers,
      body: try directory.read("queue/df\(id)"),
      isQuarantined: isQuarantined || file.quarantineReason != nil,
      quarantineReason: file.quarantineReason)
  }

  package func headers(of id: String) throws -> [QueuedHeader] {
    try queueFile(id).file.headers
  }

  /// Returns a message's envelope and header, and whether the message is in quarantine, which changes the
  /// file's name.
  private func queueFile(_ id: String) throws -> (file: SendmailQueueFile, isQuarantined: Bool) {
    let isQuarantined = FilePath(directory.path(of: "queue/hf\(id)")).isThere
    let name = "queue/\(isQuarantined ? "hf" : "qf")\(id)"
    guard FilePath(directory.path(of: name)).isThere else {
      throw RealMTAError(.noSuchMessage, "Sendmail has no message \(id) in its queue")
    }
    return (try SendmailQueueFile(directory.read(name)), isQuarantined)
  }

  package func submitLocally(
    _ message: [UInt8], from sender: String, to recipients: [String]
  ) throws -> String {
    let session = try session()
    try session.ehlo()
    let delivery = try session.send(
      message: message.withCRLF, from: sender, to: recipients)
    try session.quit()
    guard let id = delivery.queueID else {
      throw RealMTAError(.refused, "Sendmail does not accept the message: \(delivery.final)")
    }
    return id
  }
}
