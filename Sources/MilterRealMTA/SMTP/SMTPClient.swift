import MilterProcesses
import MilterSystem

/// An SMTP client that sends exactly the given bytes and returns exactly the received bytes.
///
/// Each call blocks the calling thread. The server may be silent for a minute, unless the client was created with another
/// patience. A call throws a ``RealMTAError`` with the code `disconnected` if the server closes the connection, `timedOut`
/// if it is silent longer, and `systemCall` if a system call fails.
public final class SMTPClient {
  /// The server's first reply.
  public private(set) var greeting = SMTPReply(lines: [])
  private let socket: Socket
  /// The program behind the socket; `nil` for a server on a port.
  private var program: Int32?
  private var received: [UInt8] = []

  /// Connects to a server on loopback and reads its greeting, which may be a refusal.
  ///
  /// - Parameters:
  ///   - port: The server's port on 127.0.0.1.
  ///   - source: The client's loopback address.
  ///   - patience: The maximum silence of the server, in whole milliseconds.
  /// - Throws: ``RealMTAError`` with the code `notListening` if no process listens on the port, `disconnected` or
  ///   `timedOut` if no greeting arrives, or `invalidSetting` if the client's address is not valid.
  public init(
    port: UInt16, from source: String = "127.0.0.1", patience: Duration = .seconds(60)
  ) throws(RealMTAError) {
    let found = try RealMTAError.catching { try Loopback.connect(to: port, from: source) }
    guard let found else { throw RealMTAError(.notListening, "nobody listens on port \(port)") }
    socket = found
    try setPatience(patience)
    greeting = try readReply()
  }

  /// Connects to a program by its standard input and output.
  ///
  /// - Parameters:
  ///   - path: The program.
  ///   - arguments: Its arguments.
  ///   - environment: Its environment.
  ///   - greets: Whether to read a greeting.
  /// - Throws: ``RealMTAError`` if no greeting arrives; another error if the program cannot be started.
  package init(
    program path: String, _ arguments: [String],
    environment: [String: String] = Subprocess.environment, greets: Bool
  ) throws {
    let (ours, its) = try Socket.socketPair()
    socket = ours
    let errors = try ScratchFile()
    defer { withExtendedLifetime(errors) {} }
    program = try Subprocess.spawn(
      path, arguments, environment: environment,
      descriptors: (its.descriptor, its.descriptor, errors.descriptor))
    its.close()
    try setPatience(.seconds(60))
    if greets { greeting = try readReply() }
  }

  private func setPatience(_ patience: Duration) throws(RealMTAError) {
    let milliseconds = Int(patience / .milliseconds(1))
    try RealMTAError.catching {
      try socket.setReceiveTimeout(milliseconds: milliseconds)
      try socket.setSendTimeout(milliseconds: milliseconds)
    }
  }

  deinit {
    close()
  }

  /// Closes the connection without QUIT; further calls have no effect.
  public func close() {
    socket.close()
    // The program ends with its input.
    if let program { _ = try? Subprocess.waitForExit(of: program) }
    program = nil
  }

  // MARK: - Single steps

  /// Sends bytes unchanged.
  public func send(raw bytes: [UInt8]) throws(RealMTAError) {
    try RealMTAError.catching { try bytes.withUnsafeBytes { try socket.write(all: $0) } }
  }

  /// Reads one reply with all its lines.
  public func readReply() throws(RealMTAError) -> SMTPReply {
    var lines: [String] = []
    while true {
      let line = try readLine()
      lines.append(line)
      if line.dropFirst(3).first != "-" { return SMTPReply(lines: lines) }
    }
  }

  /// Waits until the server closes the connection; returns whether it did, with nothing left unread.
  public func isClosedByServer() -> Bool {
    received.isEmpty && !((try? receive()) ?? false)
  }

  /// Sends a line and reads the reply.
  public func command(_ line: String) throws(RealMTAError) -> SMTPReply {
    try command(bytes: Array(line.utf8))
  }

  /// Sends a line of any bytes and reads the reply.
  public func command(bytes line: [UInt8]) throws(RealMTAError) -> SMTPReply {
    try send(raw: line + [0x0d, 0x0a])
    return try readReply()
  }

  /// Sends EHLO.
  @discardableResult
  public func ehlo(_ name: String = "client.example") throws(RealMTAError) -> SMTPReply {
    try command("EHLO \(name)")
  }

  /// Sends HELO.
  @discardableResult
  public func helo(_ name: String = "client.example") throws(RealMTAError) -> SMTPReply {
    try command("HELO \(name)")
  }

  /// Sends MAIL FROM, with parameters such as `SIZE=100` or `BODY=8BITMIME`.
  public func mail(from sender: String, _ parameters: String...) throws(RealMTAError) -> SMTPReply {
    try command((["MAIL FROM:<\(sender)>"] + parameters).joined(separator: " "))
  }

  /// Sends RCPT TO, with parameters such as `NOTIFY=NEVER`.
  public func rcpt(to recipient: String, _ parameters: String...) throws(RealMTAError) -> SMTPReply
  {
    try command((["RCPT TO:<\(recipient)>"] + parameters).joined(separator: " "))
  }

  /// Sends RSET.
  public func rset() throws(RealMTAError) -> SMTPReply { try command("RSET") }

  /// Sends QUIT, and closes the connection.
  @discardableResult
  public func quit() throws(RealMTAError) -> SMTPReply {
    defer { close() }
    return try command("QUIT")
  }

  /// Sends a whole message, which has CR LF at the end of each line, with dot-stuffing and the final dot.
  public func content(_ message: [UInt8]) throws(RealMTAError) -> SMTPReply {
    try send(raw: message.dotStuffed)
    return try readReply()
  }

  // MARK: - Whole messages

  /// Sends a message in the current session, up to the first step that the server refuses.
  ///
  /// - Parameters:
  ///   - message: Header and body, with CR LF at the end of each line.
  ///   - sender: The address for MAIL, without angle brackets.
  ///   - recipients: The addresses for RCPT, with optional parameters after a space.
  ///   - parameters: The parameters of MAIL.
  /// - Returns: The replies of the server.
  /// - Throws: ``RealMTAError`` with the code `disconnected` if the server closes the connection, or `timedOut` if it
  ///   is silent for a minute.
  public func send(
    message: [UInt8], from sender: String = "sender@from.example",
    to recipients: [String] = ["rcpt@to.example"], parameters: String = ""
  ) throws(RealMTAError) -> SMTPDelivery {
    let mail = try command("MAIL FROM:<\(sender)>" + (parameters.isEmpty ? "" : " \(parameters)"))
    guard mail.isPositive else {
      return SMTPDelivery(mail: mail, recipients: [], data: nil, end: nil)
    }
    let replies = try recipients.map { recipient throws(RealMTAError) in
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

  /// Reads one line and removes its CR LF.
  private func readLine() throws(RealMTAError) -> String {
    while true {
      if let end = received.firstIndex(of: 0x0a) {
        var line = received[..<end]
        if line.last == 0x0d { line.removeLast() }
        received.removeSubrange(...end)
        return String(decoding: line, as: UTF8.self)
      }
      guard try receive() else {
        throw RealMTAError(.disconnected, "the server closed the connection")
      }
    }
  }

  /// Receives more bytes; returns `false` at the end of the connection.
  private func receive() throws(RealMTAError) -> Bool {
    var result = ReadResult.endOfStream
    do throws(SocketError) {
      received += try [UInt8](unsafeUninitializedCapacity: 4096) {
        buffer, count throws(SocketError) in
        result = try socket.read(into: UnsafeMutableRawBufferPointer(buffer))
        if case .bytes(let read) = result { count = read }
      }
    } catch {
      if error.code == .disconnected { return false }
      throw RealMTAError(error)
    }
    switch result {
    case .bytes: return true
    case .endOfStream: return false
    case .wouldBlock: throw RealMTAError(.timedOut, "the server is silent")
    }
  }
}
