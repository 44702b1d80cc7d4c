import Foundation

extension FakeService {
  /// MIMEDefang's multiplexor, which refuses a sender, a recipient, and spam, and changes all other
  /// mail.
  static func multiplexor(at path: String) throws -> FakeService {
    try FakeService(at: "unix:\(path)") { connection in
      guard let command = try connection.read(to: "\n") else { return }
      let words = command.split(separator: " ").map(String.init)
      switch words.first {
      case "free": try connection.write("4\n")
      case "scan":
        try scan(words[2])
        try connection.write("ok\n")
      case "senderok" where words[1].contains("mallory"):
        try connection.write("ok 0 not%20from%20you 554 5.7.1 0\n")
      case "recipok" where words[1].contains("refused"):
        try connection.write("ok 0 nobody%20of%20that%20name 550 5.1.1 0\n")
      default: try connection.write("ok 1 ok 250 2.1.0 0\n")
      }
    }
  }

  /// Scans the files that MIMEDefang has written to a folder, and writes its instructions there.
  private static func scan(_ folder: String) throws {
    let input = try String(contentsOfFile: "\(folder)/INPUTMSG", encoding: .utf8)
    let isBounce = input.contains("Subject: discard")
    try "new body\n".write(toFile: "\(folder)/NEWBODY", atomically: false, encoding: .utf8)
    let results =
      isBounce
      ? "D\nF\n"
      : """
      C
      Mtext/plain
      HX-Added last%20one
      NX-Inserted 0 first%20one
      ISubject 1 changed
      JX-Twice 2
      R<added@example.net>
      S<bob@example.net>
      f<changed@example.org>
      Qfor%20a%20reason
      F

      """
    try results.write(toFile: "\(folder)/RESULTS", atomically: false, encoding: .utf8)
  }
}
