// Removes executable attachments and leaves a notice; see README.md.

import MilterKit
import MilterMail

@main
final class Disarm: MessageMilter {
  override class var name: String { "disarm" }
  override class var actions: MilterActionFlags { [.addhdrs, .chghdrs, .chgbody] }

  /// The field that tells of removed attachments; one that a message comes with is removed.
  private static let mark = "X-Disarmed"

  override func message(_ message: inout MilterMessage) async throws -> Status {
    message.headers.removeAll(Self.mark)
    var count = 0
    do {
      try message.editParts { parts, editor in
        for part in parts.root.all {
          guard let name = part.fileNames.first(where: \.isExecutable) else { continue }
          try editor.replace(part, with: Self.notice(of: name))
          count += 1
        }
      }
    } catch let error as MIMEEditError {
      // Programs may find the file elsewhere than this filter does.
      log.notice("refused: an executable attachment cannot be removed: \(error.code)")
      try setreply(
        "550", "5.7.1", "The message has an executable attachment that cannot be removed")
      return .reject
    }
    guard count > 0 else { return .continue }
    log.notice("removed \(count) executable attachment\(count == 1 ? "" : "s")")
    message.headers[Self.mark] = "\(count)"
    return .continue
  }

  /// What stands in the place of an attachment.
  private static func notice(of name: MIMEFileName) -> MIMEEntity {
    MIMEEntity(text: "The attachment \"\(name.base)\" was removed: it is an executable file.\n")
  }
}
