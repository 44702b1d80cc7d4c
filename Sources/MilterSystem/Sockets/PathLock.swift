import MilterPlatform

/// A short lock of a path against other servers, with the lock file `.NAME.lock` next to it.
///
/// Finding a socket without a server, removing it, and replacing it are three steps, and another server must
/// not create its socket between them. Other users may be able to write to the directory. So the lock must be a
/// regular file of this user, and the wait for it is limited.
struct PathLock {
  private let path: String
  private let file: Socket

  /// The maximum wait for another server, which needs the lock only for a few system calls.
  static let patience = Duration.seconds(5)

  /// Takes the lock.
  ///
  /// - Parameters:
  ///   - target: The path to lock.
  ///   - patience: The maximum wait for another process.
  /// - Throws: ``SocketError`` with the code `pathInTheWay` if the lock file belongs to another user, or
  ///   `addressInUse` if another process keeps the lock.
  init(_ target: String, patience: Duration = Self.patience) throws(SocketError) {
    let (folder, name) = FilePath.split(target)
    path = "\(folder).\(name).lock"
    let deadline = ContinuousClock.now + patience
    repeat {
      do throws(Errno) {
        if let file = try Self.attempt(path) {
          self.file = file
          return
        }
      } catch {
        throw UnixSocketDraft.refusal(target, error)
      }
      try Self.check(path, target)
      Syscalls.nap(milliseconds: 5)
    } while ContinuousClock.now < deadline
    throw SocketError(
      .addressInUse,
      "cannot listen on unix:\(target): another process has kept \(path) locked for \(patience); "
        + "end it, or choose another path")
  }

  /// Opens the file and locks it; `nil` if it is not ours, or if another process has locked it or has just
  /// removed it.
  private static func attempt(_ path: String) throws(Errno) -> Socket? {
    guard let descriptor = try Syscalls.openPrivate(path) else { return nil }
    let file = Socket(owning: descriptor)
    let opened = try Syscalls.status(of: descriptor)
    // The previous holder of the lock has removed the file, and others may have created it again.
    guard opened.isOwnFile, try Syscalls.tryLock(descriptor), let found = try status(path),
      found.identity == opened.identity
    else { return nil }
    return file
  }

  /// Checks that the lock file, if it exists, is ours.
  private static func check(_ path: String, _ target: String) throws(SocketError) {
    guard let status = try? status(path), !status.isOwnFile else { return }
    let what =
      status.kind == .file ? "belongs to user \(status.st_uid)" : "is not a regular file"
    throw SocketError(
      .pathInTheWay,
      "cannot listen on unix:\(target): the lock file \(path) \(what); remove it, or choose a "
        + "directory that others cannot write to")
  }

  /// Returns the status of the path; `nil` if it does not exist.
  private static func status(_ path: String) throws(Errno) -> stat? {
    do throws(Errno) {
      return try Syscalls.status(ofPath: path)
    } catch {
      if error == .noSuchFileOrDirectory { return nil }
      throw error
    }
  }

  func release() {
    try? Syscalls.remove(path)
    file.close()
  }
}
