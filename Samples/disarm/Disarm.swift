// Removes executable attachments and leaves a notice; see README.md.

import MilterKit
import MilterMail

@main
final class Disarm: MessageMilter {
  override class var name: String { "disarm" }
  override class var actions: MilterActionFlags { [.addhdrs, .chghdrs, .chgbody] }

  /// The field that holds the number of removed attachments; an incoming field of this name is removed.
  private static let mark = "X-Disarmed"

  override func message(_ message: inout MilterMessage) async throws -> Status {
    message.headers.removeAll(Self.mark)
    var count = 0
    do {
      try message.editParts { parts, editor in
        // Programs may find an executable file where this filter sees none.
        guard parts.isFullyDivided else { throw Ambiguous() }
        count = try Self.disarm(parts.root, &editor)
      }
    } catch is Ambiguous {
      return try refuse("the parts of the message cannot be told apart")
    } catch let error as MIMEEditError {
      return try refuse("an executable attachment cannot be removed: \(error.code)")
    } catch let error as MilterError where error.code == .invalidArgument {
      // The sender's choice, such as a field that the MTA cuts, is no temporary failure.
      return try refuse("an executable attachment cannot be removed: \(error)")
    }
    guard count > 0 else { return .continue }
    log.notice("removed \(count) executable attachment\(count == 1 ? "" : "s")")
    message.headers[Self.mark] = "\(count)"
    return .continue
  }

  private struct Ambiguous: Error {}

  /// Replaces a part, or those within it, and returns the number of replaced parts.
  private static func disarm(_ part: MIMEPart, _ editor: inout MIMEEditor) throws -> Int {
    guard let name = part.fileNames.first(where: \.isExecutable) else {
      return try part.parts.reduce(0) { try $0 + disarm($1, &editor) }
    }
    try editor.replace(
      part,
      with: MIMEEntity(text: "The attachment \"\(name.base)\" was removed: it is executable.\n"))
    return 1
  }

  private func refuse(_ reason: String) throws -> Status {
    log.notice("refused: \(reason)")
    try setreply("550", "5.7.1", "The message may have executable attachments: \(reason)")
    return .reject
  }
}
