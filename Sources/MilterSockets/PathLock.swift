#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Keeps other servers away from a path for a moment, with the lock file `.NAME.lock` beside it.
///
/// To find a socket dead, to remove it and to put another in its place are three steps, and another
/// server's socket must not come in between. The file belongs to who runs the server, so that
/// nobody else can hold the lock, and it is gone when nobody does.
struct PathLock {
  private let path: String
  private let file: Socket

  init(_ target: String) throws(SocketError) {
    let (folder, name) = UnixSocketDraft.split(target)
    path = "\(folder).\(name).lock"
    do throws(Errno) {
      while true {
        let file = Socket(owning: try Syscalls.openPrivate(path))
        try Syscalls.lock(file.descriptor)
        // Who had the lock before has removed the file, and others may have made it anew.
        if try Self.isPath(path, stillFile: file.descriptor) {
          self.file = file
          return
        }
      }
    } catch {
      throw UnixSocketDraft.refusal(target, error)
    }
  }

  private static func isPath(_ path: String, stillFile file: Int32) throws(Errno) -> Bool {
    let locked = try Syscalls.status(of: file)
    do throws(Errno) {
      let found = try Syscalls.status(ofPath: path)
      return found.st_dev == locked.st_dev && found.st_ino == locked.st_ino
    } catch {
      if error == .noSuchFileOrDirectory { return false }
      throw error
    }
  }

  func release() {
    try? Syscalls.remove(path)
    file.close()
  }
}
