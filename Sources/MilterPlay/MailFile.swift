import MilterSystem

/// A file with messages.
struct MailFile: Hashable, Sendable {
  /// Its path; `-` is standard input.
  let path: FilePath
  /// Its size; 0 where that cannot be known before.
  let size: Int
}
