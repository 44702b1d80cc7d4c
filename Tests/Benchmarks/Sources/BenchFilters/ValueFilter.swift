package import MilterKit

/// `CollectingFilter` as a `MessageMilter`.
package final class ValueFilter: MessageMilter {
  package override class var actions: MilterActionFlags { .addhdrs }
  package override class var wantsClient: Bool { false }

  package override func message(_ message: inout MilterMessage) async throws -> Status {
    guard message.headers.first("X-Bench") == nil else { return .reject }
    try message.headers.append("X-Bench", "checked")
    return .accept
  }
}
