import Foundation
import MilterCore
import MilterMTA
import Testing

@Suite struct SampleMessagesTests {
  private func sample(_ name: String) throws -> MTAMail {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appending(path: "Samples/messages/\(name).eml")
    return MTAMail(MTAMessage(eml: Array(try Data(contentsOf: file))))
  }

  @Test(arguments: [
    ("hello", 5, "<alice@example.org>", "<bob@example.org>"),
    (
      "utf8", 9, "<juergen@example.org>",
      "<team@example.org> <carol@example.org> <dave@example.org> <erin@example.org>"
    ),
    ("multipart", 8, "<alice+bounces@example.org>", "<bob@example.org>"),
    ("bounce", 9, "<>", "<alice@example.org>"),
  ])
  func `The sample messages have the described properties`(
    _ name: String, _ headers: Int, _ sender: String, _ recipients: String
  ) throws {
    let mail = try sample(name)
    #expect(mail.message.headers.count == headers)
    #expect(s(mail.envelope.sender.address) == sender)
    let paths = mail.envelope.recipients.map { s($0.address) }.joined(separator: " ")
    #expect(paths == recipients)
    #expect(play(ToyFilter(at: .eom, .continue), mail).outcome?.verdict == .accept)
  }
}
