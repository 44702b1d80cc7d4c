// disclaimer: appends a text to messages, in every form of the message's text.
//
//   printf 'Sent by Example, Inc.\n' >footer.txt
//   swift run disclaimer --try Samples/messages/multipart.eml --text footer.txt
//   swift run disclaimer --socket inet:8898@127.0.0.1 --text footer.txt
//
// A filter with this purpose is MIMEDefang with append_text_boilerplate and append_html_boilerplate.
// README.md has the limits, and the lines for Postfix and Sendmail.

import MilterKit
import MilterMail
import Synchronization

@main
final class Disclaimer: MessageMilter {
  private static let text = MilterSetting(
    required: "text", argument: "FILE", help: "the file with the text to append, in UTF-8")
  private static let html = MilterSetting(
    "html", argument: "FILE",
    help: "the file with the HTML to append; by default made from the text")
  private static let breaksDKIM = MilterSetting(
    flag: "break-dkim",
    help: "append also to messages with a DKIM or ARC signature, which breaks it")
  private static let current = Mutex<Footer?>(nil)

  override class var name: String { "disclaimer" }
  override class var programOptions: [any MilterProgramOption] { [text, html, breaksDKIM] }
  override class var actions: MilterActionFlags { [.addhdrs, .chghdrs, .chgbody] }

  override class func prepare() throws { try reload() }

  /// Reads the text.
  ///
  /// If that fails, the text that was read before stays in use.
  override class func reload() throws {
    let isHTMLGiven = !html.value.isEmpty
    let footer = Footer(
      text: try text.readFile(), html: isHTMLGiven ? try html.readFile() : nil)
    current.withLock { $0 = footer }
  }

  /// The field with the result; an incoming field of this name is removed.
  private static let mark = "X-Disclaimer"

  /// Header fields that sign the body, each with its name in the result.
  private static let signatures: KeyValuePairs = [
    "DKIM-Signature": "a DKIM signature",
    "ARC-Message-Signature": "an ARC signature",
    "ARC-Seal": "an ARC signature",
    "DomainKey-Signature": "a DomainKeys signature",
  ]

  private let footer: Footer?
  private let breaksDKIM: Bool

  required convenience init() {
    self.init(Self.current.withLock { $0 }, breaksDKIM: Self.breaksDKIM.value)
  }

  init(_ footer: Footer?, breaksDKIM: Bool = false) {
    self.footer = footer
    self.breaksDKIM = breaksDKIM
  }

  override func message(_ message: inout MilterMessage) async throws -> Status {
    guard let footer else { return .continue }
    message.headers.removeAll(Self.mark)
    var result = "added"
    do {
      let signature = Self.signatures.first { message.headers.first($0.key) != nil }
      if !breaksDKIM, let signature { throw LeftAlone("it has \(signature.value)") }
      try message.editParts { parts, editor in editor = try footer.appended(to: parts) }
    } catch let error as LeftAlone {
      log.info("left alone: \(error.reason)")
      result = "left alone, \(error.reason)"
    }
    try message.headers.append(.init(Self.mark, rawValue: result.utf8))
    return .continue
  }
}
