import MilterPlatform

/// The user and group a process is to run as.
///
/// They are looked up first, so that a wrong name shows before any socket is opened; the sockets
/// are opened next, and ``drop()`` comes last.
package struct ProcessCredentials: Hashable, Sendable {
  /// The name of the user.
  package let userName: String

  /// The number of the user.
  package let user: UInt32

  /// The number of the group.
  package let group: UInt32

  /// Looks up `NAME` or `NAME:GROUP`.
  ///
  /// - Parameter text: The names, or numbers.
  /// - Throws: ``SocketError`` with the code `unknownUser` or `unknownGroup`.
  package init(parsing text: String) throws(SocketError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let user = String(parts.first ?? "")
    let group = parts.count == 2 ? String(parts[1]) : nil
    if user.isEmpty || group == "" {
      let (code, what): (SocketError.Code, String) =
        user.isEmpty ? (.unknownUser, "user") : (.unknownGroup, "group")
      throw SocketError(
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
  ///   - group: The name or number of the group; nil is the user's own.
  /// - Throws: ``SocketError`` with the code `unknownUser` or `unknownGroup`.
  package init(user: String, group: String? = nil) throws(SocketError) {
    let entry = try SystemAccounts.user(user)
    userName = entry.name
    self.user = entry.number
    self.group =
      if let group { try SystemAccounts.groupNumber(group) } else { entry.group }
  }

  /// Checks that there is a group of a name or number.
  ///
  /// - Throws: ``SocketError`` with the code `unknownGroup`.
  package static func checkGroup(_ group: String) throws(SocketError) {
    _ = try SystemAccounts.groupNumber(group)
  }

  /// Makes the whole process run as the user, for good, and checks that there is no way back.
  ///
  /// The process gets the group, and the further groups the user is a member of, and no others. A
  /// process that runs as the user already, without root's rights, must have no others.
  ///
  /// The corresponding C functions are `initgroups`, `setgid` and `setuid`.
  ///
  /// - Throws: ``SocketError`` with the code `credentials`; the process may then have changed its
  ///   group already, and should end.
  package func drop() throws(SocketError) {
    // Groups first: without root's rights they could not be changed any more.
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
      throw SocketError(
        .credentials, "cannot run as user \(userName): the system kept another user or group")
    }
    if user != 0, setuid(0) == 0 {
      throw SocketError(
        .credentials, "cannot run as user \(userName): the process could become root again")
    }
  }

  /// The name of the group; `nil` if it has none.
  ///
  /// The corresponding C function is `getgrgid`.
  package var groupName: String? { SystemAccounts.groupName(group) }

  /// The group, and those that the user is a member of.
  ///
  /// The corresponding C function is `getgrouplist`.
  package var groups: Set<UInt32> {
    Set((try? SystemAccounts.groups(of: userName, and: group)) ?? []).union([group])
  }

  /// Whether the process has no supplementary groups other than the user's.
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
  ) throws(SocketError) {
    do throws(Errno) {
      try call()
    } catch {
      let hint = error == .notPermitted ? "; start the program as root" : ""
      throw SocketError(
        .credentials, "cannot run as user \(userName): cannot \(what): \(error)\(hint)",
        underlying: error)
    }
  }
}
