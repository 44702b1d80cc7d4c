import Glibc

/// A blocking SMTP client that sends exactly what it is told and shows exactly what comes back.
final class SMTPClient {
  /// The server's first words.
  private(set) var greeting = SMTPReply(lines: [])
  private var descriptor: Int32
  /// The program behind the descriptor; nil for a server on a port.
  private var program: pid_t?
  private var received: [UInt8] = []

  /// Connects to a server on loopback and reads its greeting, which may be a refusal.
  ///
  /// - Parameters:
  ///   - port: The server's port on 127.0.0.1.
  ///   - source: The loopback address to come from.
  ///   - patience: How long any single reply may take before reading it throws.
  /// - Throws: `HarnessError` when nobody listens there, or no greeting comes.
  init(port: UInt16, from source: String = "127.0.0.1", patience: Duration = .seconds(60)) throws {
    guard let descriptor = try Loopback.connect(to: port, from: source) else {
      throw HarnessError("nobody listens on port \(port)")
    }
    self.descriptor = descriptor
    setPatience(patience)
    greeting = try readReply()
  }

  /// Speaks with a program, by its standard input and output.
  ///
  /// - Parameters:
  ///   - path: The program.
  ///   - arguments: Its arguments.
  ///   - environment: Its environment.
  ///   - greets: Whether a greeting is to be read.
  /// - Throws: `HarnessError` when the program cannot be started, or no greeting comes.
  init(
    program path: String, _ arguments: [String],
    environment: [String: String] = Subprocess.environment, greets: Bool
  ) throws {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
      throw HarnessError.system("socketpair")
    }
    defer { Glibc.close(ends[1]) }
    descriptor = ends[0]
    let errors = try ScratchFile()
    defer { withExtendedLifetime(errors) {} }
    program = try Subprocess.spawn(
      path, arguments, environment: environment,
      descriptors: (ends[1], ends[1], errors.descriptor))
    setPatience(.seconds(60))
    if greets { greeting = try readReply() }
  }

  private func setPatience(_ patience: Duration) {
    var limit = timeval(tv_sec: Int(patience.components.seconds), tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
  }

  deinit {
    close()
  }

  /// Drops the connection without a word.
  func close() {
    guard descriptor >= 0 else { return }
    Glibc.close(descriptor)
    descriptor = -1
    // It ends with its input.
    if let program { waitpid(program, nil, 0) }
    program = nil
  }

  // MARK: - Single steps

  /// Sends bytes as they are.
  func send(raw bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw HarnessError.system("send") }
      rest = rest.dropFirst(count)
    }
  }

  /// Reads one reply with all its lines.
  func readReply() throws -> SMTPReply {
    var lines: [String] = []
    while true {
      let line = try readLine()
      lines.append(line)
      if line.dropFirst(3).first != "-" { return SMTPReply(lines: lines) }
    }
  }

  /// Whether the server has closed the connection, with nothing left unread; waits for that.
  func isClosedByServer() -> Bool {
    received.isEmpty && !((try? receive()) ?? false)
  }

  /// Sends one line and reads the reply to it.
  func command(_ line: String) throws -> SMTPReply {
    try command(bytes: Array(line.utf8))
  }

  /// Sends one line of any bytes and reads the reply to it.
  func command(bytes line: [UInt8]) throws -> SMTPReply {
    try send(raw: line + [0x0d, 0x0a])
    return try readReply()
  }

  /// Says EHLO.
  @discardableResult
  func ehlo(_ name: String = "client.example") throws -> SMTPReply { try command("EHLO \(name)") }

  /// Says HELO.
  @discardableResult
  func helo(_ name: String = "client.example") throws -> SMTPReply { try command("HELO \(name)") }

  /// Says MAIL FROM, with parameters such as `SIZE=100` or `BODY=8BITMIME`.
  func mail(from sender: String, _ parameters: String...) throws -> SMTPReply {
    try command((["MAIL FROM:<\(sender)>"] + parameters).joined(separator: " "))
  }

  /// Says RCPT TO, with parameters such as `NOTIFY=NEVER`.
  func rcpt(to recipient: String, _ parameters: String...) throws -> SMTPReply {
    try command((["RCPT TO:<\(recipient)>"] + parameters).joined(separator: " "))
  }

  /// Says RSET.
  func rset() throws -> SMTPReply { try command("RSET") }

  /// Says QUIT, and closes.
  @discardableResult
  func quit() throws -> SMTPReply {
    defer { close() }
    return try command("QUIT")
  }

  /// Sends a whole message, its lines ended by CR LF, dot-stuffed, with the final dot.
  func content(_ message: [UInt8]) throws -> SMTPReply {
    try send(raw: message.dotStuffed)
    return try readReply()
  }

  // MARK: - Whole messages

  /// Offers one message in the current session, as far as the server goes along.
  ///
  /// - Parameters:
  ///   - message: Header and body, lines ended by CR LF.
  ///   - sender: The address for MAIL, without angle brackets.
  ///   - recipients: The addresses for RCPT; what follows a space is taken for parameters.
  ///   - parameters: What follows the address in MAIL.
  /// - Returns: The replies, as many as there were.
  /// - Throws: `HarnessError` when the server closes the connection or falls silent.
  func send(
    message: [UInt8], from sender: String = "sender@from.example",
    to recipients: [String] = ["rcpt@to.example"], parameters: String = ""
  ) throws -> SMTPDelivery {
    let mail = try command("MAIL FROM:<\(sender)>" + (parameters.isEmpty ? "" : " \(parameters)"))
    guard mail.isPositive else {
      return SMTPDelivery(mail: mail, recipients: [], data: nil, end: nil)
    }
    let replies = try recipients.map { recipient in
      let words = recipient.split(separator: " ", maxSplits: 1)
      let parameters = words.count == 2 ? " \(words[1])" : ""
      return try command("RCPT TO:<\(words.first ?? "")>" + parameters)
    }
    guard replies.contains(where: \.isPositive) else {
      return SMTPDelivery(mail: mail, recipients: replies, data: nil, end: nil)
    }
    let data = try command("DATA")
    let end = data.isPositive ? try content(message) : nil
    return SMTPDelivery(mail: mail, recipients: replies, data: data, end: end)
  }

  // MARK: - Receiving

  /// Reads one line and drops its CR LF.
  private func readLine() throws -> String {
    while true {
      if let end = received.firstIndex(of: 0x0a) {
        var line = received[..<end]
        if line.last == 0x0d { line.removeLast() }
        received.removeSubrange(...end)
        return String(decoding: line, as: UTF8.self)
      }
      guard try receive() else { throw HarnessError("the server closed the connection") }
    }
  }

  /// Receives some more bytes; false at the end of the connection.
  private func receive() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count < 0, errno == ECONNRESET { return false }
    guard count >= 0 else { throw HarnessError.system("no reply") }
    received += buffer[..<count]
    return count > 0
  }
}
