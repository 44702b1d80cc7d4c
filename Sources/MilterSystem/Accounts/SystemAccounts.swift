import MilterPlatform

/// Users and groups of the system.
enum SystemAccounts {
  struct User {
    let name: String
    let number: uid_t
    let group: gid_t
  }

  /// Returns the ID of a group from its name or its number.
  static func groupNumber(_ group: String) throws(AccountError) -> gid_t {
    var entry = Group()
    let found = try look("group", group) { buffer, size in
      var result: UnsafeMutablePointer<Group>?
      return (getgrnam_r(group, &entry, buffer, size, &result), result != nil)
    }
    if found { return entry.gr_gid }
    if let number = number(group) { return number }
    throw AccountError(
      .unknownGroup,
      "there is no group \"\(group)\" on this system; write the name of a group, or its number")
  }

  /// Returns the name of the group with an ID; `nil` if the system has no such group.
  static func groupName(_ number: gid_t) -> String? {
    var entry = Group()
    var name: String?
    _ = try? look("group", "\(number)") { buffer, size in
      var result: UnsafeMutablePointer<Group>?
      let status = getgrgid_r(number, &entry, buffer, size, &result)
      if status == 0, result != nil { name = entry.gr_name.map { String(cString: $0) } }
      return (status, result != nil)
    }
    return name
  }

  /// Returns the user with a name or a number.
  static func user(_ user: String) throws(AccountError) -> User {
    if let found = try entry(user, { getpwnam_r(user, $0, $1, $2, $3) }) {
      return found
    }
    if let number = number(user),
      let found = try entry(user, { getpwuid_r(number, $0, $1, $2, $3) })
    {
      return found
    }
    throw AccountError(
      .unknownUser,
      "there is no user \"\(user)\" on this system; write the name of a user, or its number")
  }

  /// Returns the IDs of a user's groups, and of one more group.
  static func groups(of user: String, and group: gid_t) throws(Errno) -> [gid_t] {
    var room: Int32 = 64
    while true {
      #if canImport(Darwin)
        var groups = [Int32](repeating: 0, count: Int(room))
        var count = room
        let isComplete = getgrouplist(user, Int32(bitPattern: group), &groups, &count) != -1
      #else
        var groups = [gid_t](repeating: 0, count: Int(room))
        var count = room
        let isComplete = getgrouplist(user, group, &groups, &count) != -1
      #endif
      if isComplete { return groups.prefix(Int(count)).map { gid_t(truncatingIfNeeded: $0) } }
      guard room < 1 << 20 else { throw .outOfRange }
      room = max(room * 4, count)
    }
  }

  private typealias Group = group

  private static func entry(
    _ user: String,
    _ call: (
      UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
      UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> Int32
  ) throws(AccountError) -> User? {
    var found: User?
    _ = try look("user", user) { buffer, size in
      var entry = passwd()
      var result: UnsafeMutablePointer<passwd>?
      let status = call(&entry, buffer, size, &result)
      guard status == 0, result != nil, let name = entry.pw_name else { return (status, false) }
      found = User(name: String(cString: name), number: entry.pw_uid, group: entry.pw_gid)
      return (0, true)
    }
    return found
  }

  /// Calls a function with larger and larger buffers, until the entry fits.
  private static func look(
    _ kind: String, _ name: String,
    _ call: (UnsafeMutablePointer<CChar>, Int) -> (status: Int32, found: Bool)
  ) throws(AccountError) -> Bool {
    var size = 1024
    while true {
      let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
      defer { buffer.deallocate() }
      let (status, found) = call(buffer, size)
      let error = Errno(rawValue: status)
      switch error {
      case .outOfRange where size < 1 << 24: size *= 4
      case .interrupted: continue
      // Systems differ in the error code for a missing entry; see getpwnam(3).
      case Errno(rawValue: 0), .noSuchFileOrDirectory, .badFileDescriptor, .notPermitted,
        Errno(rawValue: ESRCH):
        return found
      default:
        throw AccountError(
          .lookupFailed, "cannot look up the \(kind) \"\(name)\": \(error)", underlying: error)
      }
    }
  }

  /// Reads the number of a user or a group; the largest number means "none" to the system.
  private static func number(_ text: String) -> UInt32? {
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = UInt32(text), number != .max
    else { return nil }
    return number
  }
}
