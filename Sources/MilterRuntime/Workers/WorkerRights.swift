package import MilterSystem

/// The privileges of a worker, according to the `--user` with which the supervisor was started.
///
/// A changed `user` in the configuration file has no effect. The supervisor may not be able to become another
/// user, and all workers run as the same user.
package enum WorkerRights: Equatable, Sendable {
  /// No change: the supervisor was started without `--user`.
  case keep
  /// The worker becomes the user, `NAME` or `NAME:GROUP`; the supervisor has kept its rights for that.
  case drop(String)
  /// No change: the supervisor became the user with this ID before it started the worker.
  case dropped(UInt32)

  /// Reads a word; `nil` if it is not valid.
  init?(word: Substring) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
      String($0)
    }
    switch (parts.first, parts.count) {
    case ("keep", 1): self = .keep
    case ("drop", 2) where !parts[1].isEmpty: self = .drop(parts[1])
    case ("dropped", 2):
      guard let user = UInt32(parts[1]) else { return nil }
      self = .dropped(user)
    default: return nil
    }
  }

  /// The word.
  var word: String {
    switch self {
    case .keep: "keep"
    case .drop(let user): "drop=\(user)"
    case .dropped(let user): "dropped=\(user)"
    }
  }

  /// The user that the worker becomes; `nil` if it stays the same.
  package var user: String? {
    if case .drop(let user) = self { user } else { nil }
  }

  /// Checks that this process lacks the rights that the supervisor has given up.
  ///
  /// - Throws: `AccountError` with the code `credentials`.
  package func check() throws(AccountError) {
    guard case .dropped(let user) = self,
      ThisProcess.user != user || ThisProcess.effectiveUser != user
    else { return }
    throw AccountError(
      .credentials,
      "the worker runs as user \(ThisProcess.effectiveUser), and its supervisor as user \(user)")
  }
}
