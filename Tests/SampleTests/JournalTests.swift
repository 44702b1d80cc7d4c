import Foundation
import MilterTesting
import MilterProcessFixtures
import Testing

@testable import milter_sample_journal

@Suite(.ownThread, .timeLimit(.minutes(15))) struct JournalTests {
  private let directory: ScratchDirectory
  private let maildir: Maildir

  init() throws {
    directory = try ScratchDirectory()
    maildir = Maildir(directory.path)
    try maildir.make()
    try maildir.make()  // an existing maildir is no error
  }

  private func kept() throws -> [String] {
    try directory.names(in: "new").map { name in
      let text = try directory.text("new/\(name)")
      // Every line ends with CR LF.
      let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
      #expect(lines.allSatisfy { $0.last == 0x0D })
      return text.split(separator: "\r\n", omittingEmptySubsequences: false)
        .joined(separator: "\n")
    }
  }

  @Test
  func `A message is kept with its envelope`() throws {
    let mta = TestMTA(filter: Journal(maildir))
    var message = MTAMail(
      from: "a@example.org", headers: ["Subject": "one\n two", "X": ""], body: "Hello\n.\nend\n")
    message.client("mail.example.net", .inet(address: "192.0.2.7", port: 25))
    message.envelope.sender = .init("a@example.org", "SIZE=10")
    message.envelope.recipients = [.init("b@example.org"), .init("c@example.org", "NOTIFY=NEVER")]
    try mta.send(message).expect(.accept)
    #expect(
      try kept() == [
        """
        Return-Path: <a@example.org>
        X-Envelope-Client: mail.example.net (192.0.2.7)
        X-Envelope-From: <a@example.org> SIZE=10
        X-Envelope-To: <b@example.org>
        X-Envelope-To: <c@example.org> NOTIFY=NEVER
        Subject: one
         two
        X: 

        Hello
        .
        end

        """
      ])
    #expect(try directory.names(in: "tmp").isEmpty)
  }

  @Test
  func `Line ends may be divided anywhere, and all bytes are kept`() throws {
    let mta = TestMTA(filter: Journal(maildir))
    let parts: [[UInt8]] = [[0x61, 0x0D], [0x0A, 0xFF, 0x00], [0x0D], [0x0D, 0x0A], [0x0D]]
    for part in parts { mta.body(part) }
    try mta.eom().expect(.continue)
    let name = try #require(try directory.names(in: "new").first)
    let kept = try directory.read("new/\(name)")
    #expect(Array(kept.suffix(7)) == parts.flatMap { $0 }.suffix(7))
  }

  @Test
  func `All bytes of a long message are kept`() throws {
    let mta = TestMTA(filter: Journal(maildir))
    let line = [UInt8](repeating: 0x78, count: 77)
    mta.body(Array(repeatElement(line + [0x0D, 0x0A], count: 5000).joined()))
    mta.eom()
    let name = try #require(try directory.names(in: "new").first)
    let expected = Array(repeatElement(line + [0x0D, 0x0A], count: 5000).joined())
    #expect(try directory.read("new/\(name)").suffix(expected.count).elementsEqual(expected))
  }

  @Test(arguments: ["reset", "disconnect", "another message"])
  func `An aborted message leaves no file`(_ how: String) throws {
    let mta = TestMTA(filter: Journal(maildir))
    mta.body("Hello\n")
    #expect(try directory.names(in: "tmp").count == 1)
    switch how {
    case "reset": mta.rset()
    case "disconnect": mta.disconnect()
    default: mta.send(MTAMail())
    }
    #expect(try directory.names(in: "tmp").isEmpty)
    #expect(try directory.names(in: "new").count == (how == "another message" ? 1 : 0))
  }

  @Test
  func `The names of messages are unique`() throws {
    for _ in 1...100 { try TestMTA(filter: Journal(maildir)).send(MTAMail()).expect(.accept) }
    let names = try directory.names(in: "new")
    #expect(names.count == 100)
    #expect(names.allSatisfy { $0.contains(".M") && !$0.contains("/") && !$0.contains(":") })
  }

  @Test(arguments: [MTAProfile.postfix, .sendmail])
  func `Header fields are kept byte for byte`(_ profile: MTAProfile) throws {
    let fields =
      "From:a@example.org\nMessage-ID:\n <1@example.org>\nX-Has-Attach:\nA:  two\nB:\tt\n"
    try TestMTA(profile, filter: Journal(maildir)).send(MTAMail(eml: fields + "\nhi\n"))
      .expect(.accept)
    #expect(try kept()[0].hasSuffix(fields + "\nhi\n"))
  }

  @Test
  func `A message is kept whichever of its steps comes first`() throws {
    let mta = TestMTA(filter: Journal(maildir))
    mta.data()
    try mta.perform(.eom).expect(.continue)
    #expect(try kept()[0].hasSuffix(">\n\n"))
    mta.data()
    mta.perform(.body(Array("hi\r\n".utf8)))
    try mta.perform(.eom).expect(.continue)
    #expect(try kept().contains { $0.hasSuffix(">\n\nhi\n") })
  }

  @Test
  func `Files of a crash in tmp are deleted after 36 hours without use`() throws {
    for (name, age) in [("old", 36 * 3600 + 60), ("young", 36 * 3600 - 60)] {
      let path = directory.path(of: "tmp/\(name)")
      try Data("x".utf8).write(to: URL(filePath: path))
      let time = timeval(tv_sec: Foundation.time(nil) - age, tv_usec: 0)
      #expect(utimes(path, [time, time]) == 0, "\(name)")
    }
    try Data("x".utf8).write(to: URL(filePath: directory.path(of: "new/old")))
    maildir.clean()
    #expect(try directory.names(in: "tmp") == ["young"])
    #expect(try directory.names(in: "new") == ["old"])
    maildir.clean(now: Date(timeIntervalSinceNow: 120))
    #expect(try directory.names(in: "tmp").isEmpty)
  }

  @Test
  func `A message that cannot be kept is deferred`() throws {
    let mta = TestMTA(filter: Journal(Maildir(directory.path(of: "none"))))
    try mta.send(MTAMail()).expect(
      .tempfail, at: .eoh, reply: "451 4.3.0 The message cannot be kept, please try again later")
    let path = directory.path(of: "none/tmp/")
    #expect(mta.log.contains { $0.contains("open \(path)") && $0.contains("No such file") })
  }

  @Test
  func `An envelope cannot break a line of the journal`() throws {
    let mta = TestMTA(filter: Journal(maildir))
    mta.mail(from: "<a@example.org\nX: y>")
    try mta.eom().expect(.continue)
    #expect(try kept()[0].hasPrefix("Return-Path: <a@example.org?X: y>\n"))
  }
}
