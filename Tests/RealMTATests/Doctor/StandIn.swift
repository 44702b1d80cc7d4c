import Dispatch
import Glibc
import MilterKit
import MilterSystem

/// A filter's place in a broken installation, and what is there.
final class StandIn {
  /// What is there.
  enum State: Hashable, Sendable {
    /// A filter on a port.
    case port
    /// Nobody on a port.
    case nobody
    /// A filter on a port that has ended when mail comes.
    case ending
    /// A filter on a port that does not answer in a callback.
    case silent(MilterCallback)
    /// A filter on a port that sends progress replies at the end of a message, and no verdict.
    case working
    /// Another program on a port.
    case peer(RawPeer.Behavior)
    /// A filter on a Unix socket with a mode.
    case socket(mode: UInt16)
    /// A filter on a Unix socket to which a link leads, symbolic or hard.
    case link(isSymbolic: Bool)
    /// A Unix socket on which nobody listens.
    case staleSocket
    /// A file that is not a socket.
    case file
    /// Nothing at the path of a Unix socket.
    case nothing
  }

  /// The directory with the filter's socket.
  let directory: InstanceDirectory
  /// The port, or one on which nobody listens.
  let port: UInt16
  /// The filter's socket, as its operator knows it.
  let spec: String
  private let state: State
  private let folder: String
  private let isDirectoryOurs: Bool
  /// Another port, on which nobody of this listens.
  private let otherPort: UInt16
  private var server: FilterServer?
  private var peer: RawPeer?
  private let end = DispatchSemaphore(value: 0)

  /// Puts things in place.
  ///
  /// - Parameters:
  ///   - state: What is there.
  ///   - mode: The mode of the directory with the filter's Unix socket.
  ///   - mta: The directory of an MTA in whose queue that directory is made; `nil` for one of its own.
  /// - Throws: An error if something cannot be put there.
  init(_ state: State, directoryMode mode: UInt32 = 0o755, inQueueOf mta: InstanceDirectory? = nil)
    throws
  {
    self.state = state
    isDirectoryOurs = mta == nil
    folder = mta == nil ? "filter" : "queue/filter"
    directory = try mta ?? InstanceDirectory()
    try directory.makeDirectory(folder)
    otherPort = try directory.reservePort()
    let path = directory.path(of: "\(folder)/socket")
    let filter = { [end] (silence: MilterCallback?) in
      { @Sendable () -> MilterBase in
        TracingFilter(waitingIn: silence, sendsSigns: state == .working, until: end)
      }
    }
    switch state {
    case .port, .ending: server = try FilterServer(filter(nil))
    case .working: server = try FilterServer(filter(.eom))
    case .silent(let callback): server = try FilterServer(filter(callback))
    case .peer(let behavior): peer = try RawPeer(behavior)
    case .socket(let mode):
      server = try FilterServer(
        on: .unix(path: path), configure: { $0.socketMode = mode }, filter(nil))
    case .link(let isSymbolic):
      let target = directory.path(of: "target")
      server = try FilterServer(
        on: .unix(path: target), configure: { $0.socketMode = 0o666 }, filter(nil))
      guard (isSymbolic ? symlink : link)(target, path) == 0 else {
        throw HarnessError.system("linking \(path)")
      }
    case .staleSocket: try ListeningSocket(SocketSpec("unix:\(path)")).close()
    case .file: try directory.write("", to: "\(folder)/socket")
    case .nobody, .nothing: break
    }
    try FileAttributes.setMode(mode, of: directory.path(of: folder))
    let listening: MilterSocket? = if case .inet = server?.socket { server?.socket } else { nil }
    if case .inet(let number)? = listening {
      port = number
    } else {
      port = try peer?.port ?? directory.reservePort()
    }
    switch state {
    case .port, .ending, .silent, .working, .peer, .nobody: spec = "inet:\(port)@127.0.0.1"
    case .socket, .link, .staleSocket, .file, .nothing: spec = "unix:\(path)"
    }
  }

  /// The path of the Unix socket.
  private var path: String { directory.path(of: "\(folder)/socket") }

  /// A text of a configuration with the places of this filter.
  func filled(_ text: String) -> String {
    text.replacing("OTHER", with: "\(otherPort)").replacing("PORT", with: "\(port)")
      .replacing("PATH", with: path)
  }

  /// Changes what is there, between the doctor's visit and the mail.
  func becomeReady() {
    if case .ending = state { server?.kill() }
  }

  /// Ends everything.
  func stop() {
    end.signal()
    server?.stop()
    peer?.stop()
    if isDirectoryOurs { directory.remove() }
  }
}
