import MilterKit

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
