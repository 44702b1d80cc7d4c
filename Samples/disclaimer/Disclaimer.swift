// Appends a text to messages; see README.md.

import MilterKit
import MilterMail
import Synchronization

@main
final class Disclaimer: MessageMilter {
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

  required convenience init() {
    self.init(Self.current.withLock { $0 }, breaksDKIM: Self.breaksDKIM.value)
  }

  init(_ footer: Footer?, breaksDKIM: Bool = false) {
    self.footer = footer
    self.breaksDKIM = breaksDKIM
  }

  override func message(_ message: inout MilterMessage) async throws -> Status {
    guard let footer else { return .continue }
    // What the sender claims is not believed.
    message.headers.removeAll("X-Disclaimer")
    var result = "added"
    do {
      let signature = Self.signatures.first { message.headers.first($0.field) != nil }
      if !breaksDKIM, let signature { throw LeftAlone("it has \(signature.kind) signature") }
      try message.editParts { parts, editor in editor = try footer.appended(to: parts) }
    } catch let error as LeftAlone {
      log.info("left alone: \(error.reason)")
      result = "left alone, \(error.reason)"
    }
    try message.headers.append(.init("X-Disclaimer", rawValue: result.utf8))
    return .continue
  }
}
