import MilterSystem

/// Whom a file lets in.
struct FileAccess {
  let path: String
  private let status: FileStatus

  /// Looks at a path, through links; nil if nothing can be seen there.
  init?(_ path: String) {
    guard let status = try? FileStatus(FilePath(path)) else { return nil }
    self.path = path
    self.status = status
  }

  var kind: FileStatus.Kind { status.kind }
  var owner: UInt32 { status.owner }
  var group: UInt32 { status.group }
  /// The permissions, with the sticky bit and its like.
  var mode: UInt32 { status.mode }

  /// The permissions as `chmod` takes them.
  var modeText: String {
    let octal = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - octal.count)) + octal
  }

  var isWorldWritable: Bool { mode & 0o002 != 0 }
  var isSticky: Bool { mode & 0o1000 != 0 }
  var isGroupWritable: Bool { mode & 0o020 != 0 }

  /// Whether the directory is the system's or many programs', so that its mode is not to be changed.
  var isShared: Bool { isSticky || Self.shared.contains(path) }
  private static let shared: Set = [
    "/", "/dev", "/etc", "/home", "/opt", "/private", "/root", "/run", "/srv", "/tmp", "/usr",
    "/var", "/var/lib", "/var/run", "/var/spool", "/var/tmp",
  ]

  /// Whether an account has a right: 4 reads, 2 writes, 1 enters.
  func lets(_ account: MTAAccount, _ right: UInt32) -> Bool {
    if account.user == 0 { return true }
    if account.user == owner { return mode >> 6 & right != 0 }
    if account.groups.contains(group) { return mode >> 3 & right != 0 }
    return mode & right != 0
  }

  /// The directories that lead to a path, from the root on.
  static func directories(above path: String) -> [String] {
    let parts = path.split(separator: "/").dropLast()
    return parts.indices.reduce(into: ["/"]) { list, index in
      list.append("/" + parts[...index].joined(separator: "/"))
    }
  }

  /// The first component of a path that does not exist: a directory, or the path itself.
  static func firstMissing(_ path: String) -> String {
    directories(above: path).first { FileAccess($0) == nil } ?? path
  }
}

/// A user that an MTA runs as.
struct MTAAccount: Hashable, Sendable {
  let name: String
  let user: UInt32
  /// The name of its own group, or the number if it has none.
  let group: String
  let groups: Set<UInt32>

  /// Looks an account up.
  ///
  /// - Throws: `SocketError` if there is none of this name.
  init(_ name: String) throws(SocketError) {
    let found = try ProcessCredentials(user: name)
    self.name = found.userName
    user = found.user
    group = found.groupName ?? "\(found.group)"
    groups = found.groups
  }
}
