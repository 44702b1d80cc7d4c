import CommandLineSupport
import MilterClient
import MilterMTA
import MilterSockets

#if canImport(Darwin)
  @preconcurrency import Darwin
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Glibc
#endif

/// `--try`: plays one message through a filter, without an MTA, and tells what came of it.
///
/// The filter runs as it does under an MTA, on a thread of its own behind a socket; only the MTA is
/// played by this program.
struct TryCommand {
  private let type: Milter.Type
  private let options: ProgramOptions

  init(_ type: Milter.Type, _ options: ProgramOptions) {
    self.type = type
    self.options = options
  }

  /// Plays the message in a file, prints the report, and writes the resulting message if so asked.
  ///
  /// - Returns: the verdict's exit status.
  func run(file: String) throws -> Int32 {
    let outcome = try play(mail(in: file))
    print(MTAReport(outcome).text, terminator: "")
    if let output = options.tryOutput {
      if outcome.verdict.isDelivered {
        try FileContents.write(outcome.result.message.bytes, to: output)
      } else {
        fputs("\(type.name): no message to write to \(output): \(outcome.verdict)\n", stderr)
      }
    }
    return outcome.verdict.exitStatus
  }

  private func mail(in file: String) throws -> MTAMail {
    var mail = MTAMail(MTAMessage(eml: try FileContents.read(file)))
    if let sender = options.sender { mail.envelope.sender = .init(sender) }
    if !options.recipients.isEmpty {
      mail.envelope.recipients = options.recipients.map { .init($0) }
    }
    return mail
  }

  private func play(_ mail: MTAMail) throws -> MTAOutcome {
    var configuration = options.configuration
    if !options.isLogLevelGiven { configuration.log.level = .warning }
    let type = type
    let server = try MilterServer(sockets: [], configuration: configuration) {
      MilterHandler(type.init()) as any SessionHandler
    }
    try server.start()
    defer { server.stop() }
    let (ours, filters) = try Socket.socketPair()
    server.engine?.accepted(filters)
    var profile = MTAProfile.libmilterReference
    profile.commandTimeout = configuration.timeout
    profile.contentTimeout = configuration.timeout
    let connection = FilterConnection(ours, profile)
    defer { connection.quit() }
    return connection.play(mail)
  }
}
