import MilterPlatform
import Synchronization

/// A Unix-domain socket under a temporary name, in the directory of its final path.
///
/// Lists of sockets (`ss -lx`) continue to show this name, so it contains the final name:
/// `/run/.filter.sock.4711` for `/run/filter.sock`.
struct UnixSocketDraft {
  let socket: Socket
  /// The path of the draft.
  let path: String
  private let final: String

  /// Makes all names of the process different.
  private static let count = Atomic<UInt32>(0)

  /// Creates the file with its final mode and group.
  ///
  /// - Parameters:
  ///   - final: The final path of the socket.
  ///   - mode: Its permissions; `nil` for those of the umask.
  ///   - group: Its group; `nil` for the system's default.
  /// - Throws: The same errors as ``ListeningSocket/init(_:options:)``.
  init(for final: String, mode: UInt16?, group: gid_t?) throws(SocketError) {
    self.final = final
    do throws(Errno) {
      socket = Socket(owning: try Syscalls.newSocket(AF_UNIX))
      if let mode {
        // Until the group is set, only the owner has access.
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

  /// Removes the draft's name; the link at the final path stays.
  func remove() { try? Syscalls.remove(path) }

  // MARK: Steps

  /// Binds to an unused name, and returns the path.
  private static func bind(_ socket: Int32, beside final: String) throws(Errno) -> String {
    let (folder, name) = FilePath.split(final)
    for _ in 0..<mostNames {
      let number = count.add(1, ordering: .relaxed).oldValue
      let suffix = number == 0 ? "\(getpid())" : "\(getpid())-\(number)"
      var draft = ".\(name).\(suffix)"
      // The path of a socket must be short.
      if folder.utf8.count + draft.utf8.count > SocketAddress.maximumPathLength {
        draft = ".\(suffix)"
      }
      do throws(Errno) {
        try bind(socket, folder, draft)
        return folder + draft
      } catch {
        // A killed process may have left this name and had our process ID, or it is an attack.
        guard error == .addressInUse else { throw error }
      }
    }
    throw .addressInUse
  }

  /// The maximum number of names to try.
  private static let mostNames = 100

  private static func bind(_ socket: Int32, _ folder: String, _ name: String) throws(Errno) {
    if let address = try? SocketAddress(path: folder + name) {
      return try Syscalls.bindTo(socket, address)
    }
    // The final path just fits, and this one does not. So it is opened relative to the directory.
    let directory = Socket(owning: try Syscalls.openDirectory(folder))
    guard let address = try? SocketAddress(path: "/proc/self/fd/\(directory.descriptor)/\(name)")
    else { throw .nameTooLong }
    try Syscalls.bindTo(socket, address)
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
        .addressInUse, "\(action): another program has just created something there",
        underlying: error)
    case .noSuchFileOrDirectory:
      return SocketError(
        .noSuchDirectory, "\(action): its directory does not exist; create it first",
        underlying: error)
    case .permissionDenied:
      return SocketError(
        .permissionDenied, "\(action): this user may not create files in its directory",
        underlying: error)
    default:
      return .system(action, error)
    }
  }
}
