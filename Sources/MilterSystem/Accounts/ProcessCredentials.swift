import MilterPlatform

/// The user and group that a process will run as.
///
/// The lookup comes first, so that a wrong name is reported before any socket is opened. The sockets are opened
/// next, and ``drop()`` comes last.
package struct ProcessCredentials: Hashable, Sendable {
  /// The name of the user.
  package let userName: String

  /// The user ID.
  package let user: UInt32

  /// The group ID.
  package let group: UInt32

  /// Looks up `NAME` or `NAME:GROUP`.
  ///
  /// - Parameter text: The names, or numbers.
  /// - Throws: ``AccountError`` with the code `unknownUser`, `unknownGroup`, or `lookupFailed`.
  package init(parsing text: String) throws(AccountError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let user = String(parts.first ?? "")
    let group = parts.count == 2 ? String(parts[1]) : nil
    if user.isEmpty || group == "" {
      let (code, what): (AccountError.Code, String) =
        user.isEmpty ? (.unknownUser, "user") : (.unknownGroup, "group")
      throw AccountError(
        code,
        "user \"\(text)\": the name of the \(what) is missing; write NAME or NAME:GROUP, for "
          + "example nobody:mail")
    }
    try self.init(user: user, group: group)
  }

  /// Looks up a user and a group.
  ///
  /// The corresponding C functions are `getpwnam` and `getgrnam`.
  ///
  /// - Parameters:
  ///   - user: The name or number of the user.
  ///   - group: The name or number of the group; `nil` for the user's own group.
  /// - Throws: ``AccountError`` with the code `unknownUser`, `unknownGroup`, or `lookupFailed`.
  package init(user: String, group: String? = nil) throws(AccountError) {
    let entry = try SystemAccounts.user(user)
    userName = entry.name
    self.user = entry.number
    self.group =
      if let group { try SystemAccounts.groupNumber(group) } else { entry.group }
  }

  /// Checks that a group with a name or number exists.
  ///
  /// - Throws: ``AccountError`` with the code `unknownGroup` or `lookupFailed`.
  package static func checkGroup(_ group: String) throws(AccountError) {
    _ = try SystemAccounts.groupNumber(group)
  }

  /// Makes the whole process run as the user permanently, and checks that it cannot return.
  ///
  /// The process gets the group and the user's supplementary groups, and no others. A process that already runs
  /// as the user, without root's rights, must have no others.
  ///
  /// The corresponding C functions are `initgroups`, `setgid`, and `setuid`.
  ///
  /// - Throws: ``AccountError`` with the code `credentials`; the process may already have changed its group, and
  ///   should end.
  package func drop() throws(AccountError) {
    // The groups come first, because they cannot be changed without root's rights.
    try step("set the groups") { () throws(Errno) in
      do throws(Errno) {
        try Syscalls.setSupplementaryGroups(of: userName, and: group)
      } catch {
        guard error == .notPermitted, try hasNoOtherGroups else { throw error }
      }
    }
    try step("set the group") { () throws(Errno) in try Syscalls.once { setgid(group) } }
    try step("set the user") { () throws(Errno) in try Syscalls.once { setuid(user) } }
    guard isInForce else {
      throw AccountError(
        .credentials, "cannot run as user \(userName): the system kept another user or group")
    }
    if user != 0, setuid(0) == 0 {
      throw AccountError(
        .credentials, "cannot run as user \(userName): the process could become root again")
    }
  }

  /// The name of the group; `nil` if it has none.
  ///
  /// The corresponding C function is `getgrgid`.
  package var groupName: String? { SystemAccounts.groupName(group) }

  /// The group, and the groups of which the user is a member.
  ///
  /// The corresponding C function is `getgrouplist`.
  package var groups: Set<UInt32> {
    Set((try? SystemAccounts.groups(of: userName, and: group)) ?? []).union([group])
  }

  /// Whether the process has no supplementary groups except the user's.
  private var hasNoOtherGroups: Bool {
    get throws(Errno) {
      let allowed = try SystemAccounts.groups(of: userName, and: group)
      return try Syscalls.supplementaryGroups().allSatisfy { allowed.contains($0) }
    }
  }

  private var isInForce: Bool {
    getuid() == user && geteuid() == user && getgid() == group && getegid() == group
  }

  private func step(
    _ what: String, _ call: () throws(Errno) -> Void
  ) throws(AccountError) {
    do throws(Errno) {
      try call()
    } catch {
      let hint = error == .notPermitted ? "; start the program as root" : ""
      throw AccountError(
        .credentials, "cannot run as user \(userName): cannot \(what): \(error)\(hint)",
        underlying: error)
    }
  }
}
