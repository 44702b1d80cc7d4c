// Several filters behind one socket; see README.md.

import MilterKit

@main
final class Chain: MilterChain {
  private static let scanner = MilterSetting(
    "scanner", argument: "SOCKET", help: "where a virus scanner's filter listens")
  private static let signer = MilterSetting(
    "signer", argument: "SOCKET",
    help: "where a filter listens that signs messages, such as OpenDKIM")

  override class var name: String { "chain" }
  override class var programOptions: [any MilterProgramOption] {
    super.programOptions + [scanner, signer]
  }

  @ChainBuilder override class var members: [ChainMember] {
    // Mail is deferred while the scanner is away.
    if !scanner.value.isEmpty {
      ChainMember.remote(scanner.value).named("scanner").when { !$0.isAuthenticated }
    }
    ChainMember.filter(Footer()).named("footer").when { $0.isAuthenticated }
    // It signs what the footer has made of the message. Mail passes unsigned while it is away.
    if !signer.value.isEmpty {
      ChainMember.remote(signer.value).named("signer").when { $0.isAuthenticated }
        .onFailure(.accept)
    }
  }
}

/// Appends a line to messages of plain text.
final class Footer: MessageMilter {
  private static let text = MilterSetting(
    "footer", argument: "TEXT", default: "Sent by example.org", help: "the line to append")

  override class var programOptions: [any MilterProgramOption] { [text] }

  override func message(_ message: inout MilterMessage) async throws -> Status {
    let isPlain = message.headers["Content-Type"]?.lowercased().hasPrefix("text/plain") ?? true
    let encoding = message.headers["Content-Transfer-Encoding"]?.lowercased() ?? "7bit"
    guard isPlain, encoding == "7bit" || encoding == "8bit" else { return .continue }
    let line = Array("-- \r\n\(Self.text.value)\r\n".utf8)
    try message.body.replace(with: message.body.bytes + line)
    return .continue
  }
}
