import MilterSystem

/// The permissions of a file, for the users of an MTA.
struct FileAccess {
  let path: String
  private let status: FileStatus

  /// Reads the status of a path, and follows links; `nil` if it cannot be read.
  init?(_ path: String) {
    guard let status = try? FileStatus(FilePath(path)) else { return nil }
    self.path = path
    self.status = status
  }

  var kind: FileStatus.Kind { status.kind }
  var owner: UInt32 { status.owner }
  var group: UInt32 { status.group }
  /// The permissions, including the sticky bit and similar bits.
  var mode: UInt32 { status.mode }

  /// The permissions in the notation of `chmod`.
  var modeText: String {
    let octal = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - octal.count)) + octal
  }

  var isWorldWritable: Bool { mode & 0o002 != 0 }
  var isSticky: Bool { mode & 0o1000 != 0 }
  var isGroupWritable: Bool { mode & 0o020 != 0 }

  /// Whether the directory belongs to the system or to several programs, so that its mode must not change.
  var isShared: Bool { isSticky || Self.shared.contains(path) }
  private static let shared: Set = [
    "/", "/dev", "/etc", "/home", "/opt", "/private", "/root", "/run", "/srv", "/tmp", "/usr",
    "/var", "/var/lib", "/var/run", "/var/spool", "/var/tmp",
  ]

  /// Whether an account has a right: 4 to read, 2 to write, 1 to enter.
  func lets(_ account: MTAAccount, _ right: UInt32) -> Bool {
    if account.user == 0 { return true }
    if account.user == owner { return mode >> 6 & right != 0 }
    if account.groups.contains(group) { return mode >> 3 & right != 0 }
    return mode & right != 0
  }

  /// Returns the directories above a path, beginning with the root.
  static func directories(above path: String) -> [String] {
    let parts = path.split(separator: "/").dropLast()
    return parts.indices.reduce(into: ["/"]) { list, index in
      list.append("/" + parts[...index].joined(separator: "/"))
    }
  }

  /// Returns the first component of a path that does not exist: a directory, or the path itself.
  static func firstMissing(_ path: String) -> String {
    directories(above: path).first { FileAccess($0) == nil } ?? path
  }
}
