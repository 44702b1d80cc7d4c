import MilterSystem

/// The user of an MTA.
struct MTAAccount: Hashable, Sendable {
  let name: String
  let user: UInt32
  /// The name of its own group, or its number.
  let group: String
  let groups: Set<UInt32>

  /// Looks an account up.
  ///
  /// - Throws: `AccountError` if the account does not exist or cannot be looked up.
  init(_ name: String) throws(AccountError) {
    let found = try ProcessCredentials(user: name)
    self.name = found.userName
    user = found.user
    group = found.groupName ?? "\(found.group)"
    groups = found.groups
  }
}
