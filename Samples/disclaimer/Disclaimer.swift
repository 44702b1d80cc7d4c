// Appends a text to messages; see README.md.

import MilterKit
import MilterMail
import Synchronization

@main
final class Disclaimer: Milter {
  private static let text = MilterSetting(
    required: "text", argument: "FILE", help: "the text to append, in UTF-8")
  private static let html = MilterSetting(
    "html", argument: "FILE", help: "what to append to HTML; default: made of the text")
  private static let breaksDKIM = MilterSetting(
    flag: "break-dkim",
    help: "append also to messages with a DKIM or ARC signature, which breaks it")
  private static let current = Mutex<Footer?>(nil)

  override class var name: String { "disclaimer" }
  override class var programOptions: [any MilterProgramOption] { [text, html, breaksDKIM] }
  override class var actions: MilterActionFlags { [.addhdrs, .chghdrs, .chgbody] }

  override class func prepare() throws { try reload() }

  /// Reads the text; if that fails, the one read before stays.
  override class func reload() throws {
    let footer = try Footer(
      text: contents(of: text.value), html: html.value.isEmpty ? nil : contents(of: html.value))
    current.withLock { $0 = footer }
  }

  private let footer: Footer?
  private let breaksDKIM: Bool

  /// Fields that sign the body.
  private static let signatures = [
    (field: "DKIM-Signature", kind: "a DKIM"), (field: "ARC-Message-Signature", kind: "an ARC"),
    (field: "ARC-Seal", kind: "an ARC"), (field: "DomainKey-Signature", kind: "a DomainKeys"),
  ]

  @PerMessage private var headers = MailHeaders()
  @PerMessage private var body: [UInt8] = []

  required convenience init() {
    self.init(Self.current.withLock { $0 }, breaksDKIM: Self.breaksDKIM.value)
  }

  init(_ footer: Footer?, breaksDKIM: Bool = false) {
    self.footer = footer
    self.breaksDKIM = breaksDKIM
  }

  override func header(_ name: String, _ value: String) throws -> Status {
    headers.append(name, rawArguments[1])
    return .continue
  }

  override func body(_ chunk: RawSpan) throws -> Status {
    chunk.withUnsafeBytes { body += $0 }
    return .continue
  }

  override func eom() throws -> Status {
    guard let footer else { return .continue }
    // What the sender claims is not believed. From the last to the first: with Postfix a deletion
    // moves those after it.
    for index in stride(from: headers.all("X-Disclaimer").count, to: 0, by: -1) {
      try chgheader("X-Disclaimer", index, nil)
    }
    do {
      if !breaksDKIM, let kind = Self.signatures.first(where: { headers[$0.field] != nil })?.kind {
        throw LeftAlone("it has \(kind) signature")
      }
      let editor = try footer.appended(to: MIMEMessage(headers: headers, body: body))
      for change in editor.headerChanges {
        try chgheader(change.name, change.index, change.value)
      }
      if editor.body != body { try replacebody(editor.body) }
      try addheader("X-Disclaimer", "added")
    } catch let error as LeftAlone {
      log.info("left alone: \(error.reason)")
      try addheader("X-Disclaimer", "left alone, \(error.reason)")
    }
    return .continue
  }
}
