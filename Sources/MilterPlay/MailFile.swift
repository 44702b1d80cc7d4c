import MilterSystem

/// A file with messages.
struct MailFile: Hashable, Sendable {
  /// Its path; `-` is standard input.
  let path: FilePath
  /// Its size in bytes; 0 if it is unknown.
  let size: Int
}
