import MilterPlatform

/// The status of a file.
///
/// The corresponding C functions are `stat` and `lstat`.
package struct FileStatus: Hashable, Sendable {
  /// The kind of a file.
  package enum Kind: Hashable, Sendable {
    case file
    case directory
    case socket
    case other
  }

  /// The identity of a file, regardless of its path.
  package struct Identity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    init(_ status: stat) {
      device = UInt64(truncatingIfNeeded: status.st_dev)
      number = UInt64(truncatingIfNeeded: status.st_ino)
    }
  }

  package let identity: Identity
  package let kind: Kind
  /// Whether it is a symbolic link; never if links are followed.
  package let isLink: Bool
  /// The number of hard links.
  package let names: Int
  /// The number of bytes.
  package let size: Int
  package let owner: UInt32
  package let group: UInt32
  /// The permissions, including the sticky bit and similar bits.
  package let mode: UInt32
  /// The time when the file was last read or written, in seconds since 1970.
  package let lastUse: Int

  /// Reads the status of a path.
  ///
  /// - Parameters:
  ///   - path: The path.
  ///   - followingLinks: Whether a link's status is that of its target.
  /// - Throws: ``FileError`` if the path does not exist, or its status cannot be read.
  package init(_ path: FilePath, followingLinks: Bool = true) throws(FileError) {
    var status = stat()
    let result = followingLinks ? stat(path.bytes, &status) : lstat(path.bytes, &status)
    guard result == 0 else { throw FileError("cannot read \(path)", .current) }
    identity = status.identity
    kind = status.kind
    isLink = status.isLink
    names = Int(status.st_nlink)
    size = Int(status.st_size)
    owner = status.st_uid
    group = status.st_gid
    mode = UInt32(status.st_mode & 0o7777)
    #if canImport(Darwin)
      lastUse = max(status.st_atimespec.tv_sec, status.st_mtimespec.tv_sec)
    #else
      lastUse = max(status.st_atim.tv_sec, status.st_mtim.tv_sec)
    #endif
  }
}
