import Foundation
import MilterProcessFixtures
import Testing

/// The samples as programs, with `--try` and message files whose lines end with LF.
@Suite(.timeLimit(.minutes(15))) struct MessageFileTests {
  private let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  private func tried(_ name: String, _ message: String, _ options: [String]) throws -> Subprocess {
    let file = try directory.write(message, to: "message.eml")
    return try BuiltProgram.run(name, ["--try", file] + options)
  }

  private func disclaimed(_ message: String) throws -> Subprocess {
    let text = try directory.write("notice\n", to: "foot.txt")
    return try tried("disclaimer", message, ["--text", text])
  }

  private static let head = "From: a@example.org\nTo: b@example.org\nMIME-Version: 1.0\n"

  @Test(arguments: [
    (
      "ARC-Message-Signature: i=1; a=rsa-sha256; bh=x; b=y\n\nhi\n", "it has an ARC signature"
    ),
    (
      "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        + "SGVsbG8gd29ybGQhCg==\n_____\nUsers mailing list\n",
      "it has text after its encoded content"
    ),
    (
      "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: image/gif\n"
        + "Content-Transfer-Encoding: base64\n\nR0lG\n--b\n",
      "it has no text"
    ),
  ])
  func `Disclaimer does not change messages that it cannot append to`(
    _ message: String, _ reason: String
  ) throws {
    let run = try disclaimed(Self.head + message)
    #expect(run.status == 0)
    #expect(run.output.contains("+ X-Disclaimer: left alone, \(reason)\n"))
    #expect(run.output.contains("body        unchanged"))
  }

  @Test func `Disclaimer appends to the part after a doubled delimiter`() throws {
    let run = try disclaimed(
      Self.head + "Content-Type: multipart/mixed; boundary=b\n\n"
        + "--b\n--b\nContent-Type: text/plain\n\nThe text.\n--b--\n")
    #expect(run.status == 0)
    #expect(run.output.contains("+ X-Disclaimer: added\n"))
    #expect(run.output.contains("body        replaced: 56 -> 68 bytes"))
    #expect(
      run.output.contains("    The text.\n            + \n            + notice\n            + \n"))
  }

  @Test func `Fromalign aligns a domain with its A-label`() throws {
    let run = try tried(
      "fromalign", "From: a@m\u{FC}ller.example\nTo: b@example.org\n\nhi\n",
      ["--from", "a@xn--mller-kva.example"])
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("verdict     accept\n"))
  }

  @Test func `Journal keeps header fields byte for byte`() throws {
    let message = """
      From:a@example.org
      To: b@example.org
      Message-ID:
       <1@example.org>
      X-Has-Attach:
      Subject: s

      hi

      """
    let run = try tried("journal", message, ["--maildir", directory.path(of: "maildir")])
    #expect(run.status == 0)
    let names = try directory.names(in: "maildir/new")
    let kept = try directory.read("maildir/new/\(try #require(names.first))")
    #expect(names.count == 1)
    let expected = Array(message.replacing("\n", with: "\r\n").utf8)
    #expect(kept.suffix(expected.count).elementsEqual(expected))
    #expect(kept.dropLast(expected.count).suffix(2).elementsEqual("\r\n".utf8))
  }
}
