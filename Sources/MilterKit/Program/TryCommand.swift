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
    try ours.setReceiveTimeout(milliseconds: configuration.timeout.milliseconds)
    var session = MTASession()
    session.send(mail)
    while true {
      try Self.write(session.takeOutput(), to: ours)
      if let outcome = session.outcome {
        session.quit()
        // The filter may be gone; the outcome stands all the same.
        try? Self.write(session.takeOutput(), to: ours)
        return outcome
      }
      switch try Self.read(ours) {
      case .bytes(let bytes): session.receive(bytes)
      case .endOfStream: session.endOfStream()
      case .silence:
        let step = session.waiting.map { "\($0)" } ?? "the last command"
        throw SocketError(
          .timedOut, "the filter has not answered \(step) within \(configuration.timeout)")
      }
    }
  }

  /// Writes, unless the filter has closed the connection: what it said before that is to be read.
  private static func write(_ bytes: [UInt8], to socket: Socket) throws {
    do {
      try bytes.withUnsafeBytes { try socket.write(all: $0) }
    } catch let error as SocketError where error.code == .disconnected {}
  }

  private enum Input {
    case bytes([UInt8])
    case endOfStream
    case silence
  }

  private static func read(_ socket: Socket) throws -> Input {
    var result = ReadResult.endOfStream
    do {
      let bytes = try [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, used in
        result = try socket.read(into: UnsafeMutableRawBufferPointer(buffer))
        if case .bytes(let count) = result { used = count }
      }
      switch result {
      case .bytes: return .bytes(bytes)
      case .endOfStream: return .endOfStream
      case .wouldBlock: return .silence
      }
    } catch let error as SocketError where error.code == .disconnected {
      return .endOfStream
    }
  }
}
