import MilterPlatform
import Synchronization

/// A Unix socket under a temporary name, in the directory of its final path.
///
/// Listings of sockets (`ss -lx`) keep showing this name, so it contains the final name:
/// `/run/.filter.sock.4711` for `/run/filter.sock`.
struct UnixSocketDraft {
  let socket: Socket
  /// The path of the draft.
  let path: String
  private let final: String

  /// Makes every name of the process a new one.
  private static let count = Atomic<UInt32>(0)

  /// Makes the file with its final mode and group.
  ///
  /// - Parameters:
  ///   - final: The path that the socket will have.
  ///   - mode: Its permissions; nil leaves them to the umask.
  ///   - group: Its group; nil leaves it to the system.
  /// - Throws: ``SocketError``, as ``ListeningSocket/init(_:options:)`` does.
  init(for final: String, mode: UInt16?, group: gid_t?) throws(SocketError) {
    self.final = final
    do throws(Errno) {
      socket = Socket(owning: try Syscalls.newSocket(AF_UNIX))
      if let mode {
        // With another group to come, nobody but the owner until then.
        let first = group == nil ? mode & 0o777 : mode & 0o700
        try Syscalls.restrictBeforeBinding(socket.descriptor, UInt32(first))
      }
      path = try Self.bind(socket.descriptor, beside: final)
    } catch {
      throw Self.refusal(final, error)
    }
    do throws(SocketError) {
      if let group { try give(to: group) }
      if let mode { try change(mode: mode) }
    } catch {
      remove()
      throw error
    }
  }

  /// Removes the draft's name; what was linked to the path stays.
  func remove() { try? Syscalls.remove(path) }

  // MARK: Steps

  /// Binds to a name that is free, and returns the path.
  private static func bind(_ socket: Int32, beside final: String) throws(Errno) -> String {
    let (folder, name) = split(final)
    for _ in 0..<mostNames {
      let number = count.add(1, ordering: .relaxed).oldValue
      let suffix = number == 0 ? "\(getpid())" : "\(getpid())-\(number)"
      var draft = ".\(name).\(suffix)"
      // The path of a socket has little room.
      if folder.utf8.count + draft.utf8.count > SocketAddress.maximumPathLength {
        draft = ".\(suffix)"
      }
      do throws(Errno) {
        try bind(socket, folder, draft)
        return folder + draft
      } catch {
        // What a process left that was killed, and whose number is ours now; or somebody's trap.
        guard error == .addressInUse else { throw error }
      }
    }
    throw .addressInUse
  }

  /// Names that are tried before giving up.
  private static let mostNames = 100

  private static func bind(_ socket: Int32, _ folder: String, _ name: String) throws(Errno) {
    if let address = try? SocketAddress(path: folder + name) {
      return try Syscalls.bindTo(socket, address)
    }
    // The final path just fits, this one does not: it is reached through the directory.
    let directory = Socket(owning: try Syscalls.openDirectory(folder))
    guard let address = try? SocketAddress(path: "/proc/self/fd/\(directory.descriptor)/\(name)")
    else { throw .nameTooLong }
    try Syscalls.bindTo(socket, address)
  }

  /// A path's directory, empty or with the slash, and what follows.
  static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
    let start = path.utf8.index(after: slash)
    return (String(path[..<start]), String(path[start...]))
  }

  private func give(to group: gid_t) throws(SocketError) {
    do throws(Errno) {
      try Syscalls.changeGroup(path, group)
    } catch {
      let hint =
        error == .notPermitted ? "; only root and members of the group may give it away" : ""
      throw SocketError(
        error == .notPermitted ? .permissionDenied : .systemCall,
        "cannot give unix:\(final) to group \(group): \(error)\(hint)", underlying: error)
    }
  }

  private func change(mode: UInt16) throws(SocketError) {
    do throws(Errno) {
      try Syscalls.changeMode(path, mode_t(mode & 0o777))
    } catch {
      let octal = String(mode, radix: 8)
      throw .system("cannot set the mode of unix:\(final) to \(octal)", error)
    }
  }

  static func refusal(_ path: String, _ error: Errno) -> SocketError {
    let action = "cannot listen on unix:\(path)"
    switch error {
    case .fileExists, .addressInUse:
      return SocketError(
        .addressInUse, "\(action): another program made something there just now",
        underlying: error)
    case .noSuchFileOrDirectory:
      return SocketError(
        .noSuchDirectory, "\(action): its directory does not exist; make it first",
        underlying: error)
    case .permissionDenied:
      return SocketError(
        .permissionDenied, "\(action): this user may not make files in its directory",
        underlying: error)
    default:
      return .system(action, error)
    }
  }
}
