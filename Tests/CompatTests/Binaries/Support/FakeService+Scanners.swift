extension FakeService {
  /// A scanner that reports a virus if a message contains the word INFECTED.
  static func clamd() throws -> FakeService {
    try FakeService { connection in
      while let command = try connection.read(to: "\n") {
        switch command {
        case "nPING": try connection.write("PONG\n")
        case "nINSTREAM":
          var bytes: [UInt8] = []
          while true {
            let count = try connection.read(count: 4).reduce(0) { $0 << 8 | Int($1) }
            if count == 0 { break }
            bytes += try connection.read(count: count)
          }
          let isInfected = String(decoding: bytes, as: UTF8.self).contains("INFECTED")
          try connection.write(isInfected ? "stream: Test-Virus FOUND\n" : "stream: OK\n")
        default: return
        }
      }
    }
  }

  /// A scanner that reports spam if a message contains the word SPAM.
  static func spamd() throws -> FakeService {
    try FakeService { connection in
      guard let head = try connection.read(to: "\r\n\r\n") else { return }
      let label = "Content-length: "
      let line = head.split(separator: "\r\n").first { $0.hasPrefix(label) }
      let length = line.flatMap { Int($0.dropFirst(label.count)) } ?? 0
      let mail = String(decoding: try connection.read(count: length), as: UTF8.self)
      let isSpam = mail.contains("SPAM")
      let answer =
        isSpam
        ? "X-Spam-Flag: YES\r\nX-Spam-Status: Yes, score=15.0\r\nX-Spam-Level: *****\r\n"
          + "Subject: [SPAM] Hello\r\nContent-Type: text/plain\r\n\r\nThis is spam.\r\n"
        : "X-Spam-Status: No, score=0.1\r\n" + mail
      try connection.write(
        "SPAMD/1.1 0 EX_OK\r\nContent-length: \(answer.utf8.count)\r\n"
          + "Spam: \(isSpam ? "True ; 15.0" : "False ; 0.1") / 5.0\r\n\r\n\(answer)")
    }
  }

  /// amavisd; the closure returns the answer to a request without the lines common to all answers.
  static func amavisd(
    at path: String, _ answer: @escaping @Sendable (_ request: String) throws -> String
  ) throws -> FakeService {
    try FakeService(at: "unix:\(path)") { connection in
      while let request = try connection.read(to: "\n\n") {
        let text = "version_server=2\n\(try answer(request))\nexit_code=0\n"
        let lines = text.split(separator: "\n").map { "\($0)\r\n" }
        try connection.write(lines.joined() + "\r\n")
      }
    }
  }
}
