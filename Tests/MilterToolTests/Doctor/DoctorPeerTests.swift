import Foundation
import MilterProcessFixtures
import MilterSystem
import Testing

/// `milter doctor` on sockets of programs that are not filters.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct DoctorPeerTests: DoctorTesting {
  let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  /// Starts a server that accepts one connection and sends a text.
  private func impostor(_ words: String, closes: Bool) throws -> (Thread, String) {
    let listener = try ListeningSocket(SocketSpec("inet:0@127.0.0.1"))
    let thread = Thread {
      _ = try? Poll.wait(listener.descriptor, .readable, milliseconds: 120_000)
      guard let socket = try? listener.accept() else { return }
      try? Array(words.utf8).withUnsafeBytes { try socket.write(all: $0) }
      if closes { return socket.close() }
      // Wait until the doctor closes the connection.
      var buffer = [UInt8](repeating: 0, count: 100)
      while case .bytes? = try? buffer.withUnsafeMutableBytes({ try socket.read(into: $0) }) {}
    }
    thread.start()
    return (thread, "\(listener.localAddress)")
  }

  @Test func `A listener that is not a filter is reported`() throws {
    let (first, server) = try impostor("220 mx.example.org ESMTP\r\n", closes: false)
    expect(
      try milter("doctor", "--socket", server), "does not speak the milter protocol\n",
      "why: it said 220 mx.example.org ESMTP: that looks like an SMTP server\n")
    let (second, closing) = try impostor("", closes: true)
    expect(
      try milter("doctor", "--socket", closing), "closes the connection instead of negotiating\n"
    )
    let (third, silent) = try impostor("", closes: false)
    let spec = inetPort(of: silent)
    expect(
      try postfix(
        silent, "milter_command_timeout = 1s\nsmtpd_milters = inet:localhost:\(spec)"),
      "error: what listens on \(silent) says nothing\n")
    _ = (first, second, third)
  }

  @Test func `Bytes that do not complete a reply do not extend the time`() throws {
    let listener = try ListeningSocket(SocketSpec("inet:0@127.0.0.1"))
    let thread = Thread {
      _ = try? Poll.wait(listener.descriptor, .readable, milliseconds: 120_000)
      guard let socket = try? listener.accept() else { return }
      // The length of a reply, and 10 seconds of single bytes.
      var bytes: [UInt8] = [0, 1, 0, 0]
      for _ in 0..<100 {
        guard (try? bytes.withUnsafeBytes { try socket.write(all: $0) }) != nil else { return }
        bytes = [UInt8(ascii: "O")]
        usleep(100_000)
      }
    }
    thread.start()
    let server = "\(listener.localAddress)"
    expect(
      try postfix(
        server,
        "milter_command_timeout = 1s\nsmtpd_milters = inet:localhost:\(inetPort(of: server))"),
      "error: what listens on \(server) does not speak the milter protocol\n",
      "why: the filter has not replied within 1 seconds\n")
  }

  @Test(arguments: [
    ("UNKNOWN COMMAND\n", "it said UNKNOWN COMMAND: that looks like clamd\n"),
    ("* OK [CAPABILITY] ready\r\n", "that looks like an IMAP server\n"),
    ("+OK ready\r\n", "it said +OK ready: that looks like a POP3 server\n"),
    ("SPAMD/1.0 76 Bad header\r\n", "that looks like spamd of SpamAssassin\n"),
    ("HTTP/1.1 400 Bad Request\r\n\r\n", "that looks like a web server\n"),
    ("220 FTP\r\n", "that looks like an FTP server\n"),
    ("hello\n", "why: it said hello\n"),
  ])
  func `A mistyped service is quoted, and another suggested`(_ words: String, _ line: String) throws
  {
    for closes in [false, true] {
      let (thread, server) = try impostor(words, closes: closes)
      expect(
        try milter("doctor", "--socket", server), "does not speak the milter protocol\n", line)
      _ = thread
    }
  }
}
