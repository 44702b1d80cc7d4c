package import MilterSystem

/// A worker's privileges, as they follow from the `--user` that the supervisor was started with.
///
/// A `user` that has changed in the configuration file does not count: the supervisor may have no rights to become
/// another user, and all workers run as the same one.
package enum WorkerRights: Equatable, Sendable {
  /// Nothing: the supervisor was started without `--user`.
  case keep
  /// It becomes the user, `NAME` or `NAME:GROUP`: the supervisor has kept its rights for that.
  case drop(String)
  /// Nothing: the supervisor has become the user with this number before it started the worker.
  case dropped(UInt32)

  /// Reads a word; nil if it is not valid.
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

  /// The user that the worker becomes; nil if it stays what it is.
  package var user: String? {
    if case .drop(let user) = self { user } else { nil }
  }

  /// Checks that this process has none of the rights that the supervisor has given up.
  ///
  /// - Throws: ``SocketError`` with the code `credentials`.
  package func check() throws(SocketError) {
    guard case .dropped(let user) = self,
      ThisProcess.user != user || ThisProcess.effectiveUser != user
    else { return }
    throw SocketError(
      .credentials,
      "the worker runs as user \(ThisProcess.effectiveUser), and its supervisor as user \(user)")
  }
}
