// disarm: removes executable attachments, and leaves a notice in place of each.
//
//   swift run disarm --try Samples/messages/multipart.eml
//   swift run disarm --socket inet:8900@127.0.0.1
//
// A filter with this purpose is MIMEDefang with action_replace_with_warning. README.md has the limits, and
// the lines for Postfix and Sendmail.

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
        // Mail programs could find an executable file where this filter finds none.
        guard parts.isFullyDivided else { throw Ambiguous() }
        count = try Self.disarm(parts.root, &editor)
      }
    } catch is Ambiguous {
      return try refuse("the parts of the message cannot be told apart")
    } catch let error as MIMEEditError {
      return try refuse("an executable attachment cannot be removed: \(error.code)")
    } catch let error as MilterError where error.code == .invalidArgument {
      // The message is the reason, for example with a field that is too long for the MTA. It is not a
      // temporary failure.
      return try refuse("an executable attachment cannot be removed: \(error)")
    }
    guard count > 0 else { return .continue }
    let noun = count == 1 ? "attachment" : "attachments"
    log.notice("removed \(count) executable \(noun)")
    message.headers[Self.mark] = "\(count)"
    return .continue
  }

  /// Mail programs may divide the message into parts in different ways.
  private struct Ambiguous: Error {}

  /// Replaces a part if it is executable, and otherwise the executable parts within it.
  ///
  /// - Returns: The number of replaced parts.
  private static func disarm(_ part: MIMEPart, _ editor: inout MIMEEditor) throws -> Int {
    if let name = part.fileNames.first(where: \.isExecutable) {
      let notice = "The attachment \"\(name.base)\" was removed: it is executable.\n"
      try editor.replace(part, with: MIMEEntity(text: notice))
      return 1
    }
    var count = 0
    for inner in part.parts { count += try disarm(inner, &editor) }
    return count
  }

  private func refuse(_ reason: String) throws -> Status {
    log.notice("refused: \(reason)")
    try setreply("550", "5.7.1", "The message may have executable attachments: \(reason)")
    return .reject
  }
}
