import MilterPlatform

/// Changes the attributes of files; follows links.
package enum FileAttributes {
  /// Sets the permissions.
  ///
  /// The corresponding C function is `chmod`.
  package static func setMode(_ mode: UInt32, of path: String) throws(FileError) {
    guard chmod(path, mode_t(mode)) == 0 else {
      throw FileError("cannot change the mode of \(path)", .current)
    }
  }

  /// Sets the owner and the group.
  ///
  /// The corresponding C function is `chown`.
  package static func setOwner(_ user: UInt32, _ group: UInt32, of path: String) throws(FileError) {
    guard chown(path, user, group) == 0 else {
      throw FileError("cannot change the owner of \(path)", .current)
    }
  }

  /// Sets the modification time to a time in the past.
  ///
  /// The corresponding C function is `utimes`.
  package static func setAge(seconds: Int, of path: String) throws(FileError) {
    let moment = timeval(tv_sec: WallClock.now.seconds - seconds, tv_usec: 0)
    guard utimes(path, [moment, moment]) == 0 else {
      throw FileError("cannot change the time of \(path)", .current)
    }
  }
}
