import Dispatch
import Glibc
import MilterKit
import MilterSystem

/// The socket of a filter in a broken installation, and its state.
final class StandIn {
  /// The state of the socket.
  enum State: Hashable, Sendable {
    /// A filter on a port.
    case port
    /// A port without a listener.
    case nobody
    /// A filter on a port that ends before the message.
    case ending
    /// A filter on a port that does not reply in a callback.
    case silent(MilterCallback)
    /// A filter on a port that sends progress replies at the end of a message, and no verdict.
    case working
    /// Another program on a port.
    case peer(RawPeer.Behavior)
    /// A filter on a Unix socket with a mode.
    case socket(mode: UInt16)
    /// A filter on a Unix-domain socket behind a symbolic or hard link.
    case link(isSymbolic: Bool)
    /// A Unix-domain socket without a listener.
    case staleSocket
    /// A file that is not a socket.
    case file
    /// No file at the path of a Unix-domain socket.
    case nothing
  }

  /// The directory with the filter's socket.
  let directory: InstanceDirectory
  /// The port of the filter, or a port without a listener.
  let port: UInt16
  /// The filter's socket, as its operator specifies it.
  let spec: String
  private let state: State
  private let folder: String
  private let isDirectoryOurs: Bool
  /// Another port without a listener.
  private let otherPort: UInt16
  private var server: FilterServer?
  private var peer: RawPeer?
  private let end = DispatchSemaphore(value: 0)

  /// Creates the socket in a state.
  ///
  /// - Parameters:
  ///   - state: The state of the socket.
  ///   - mode: The mode of the directory with the filter's Unix-domain socket.
  ///   - mta: The directory of an MTA whose queue contains the filter's directory; `nil` for no MTA.
  /// - Throws: An error if the state cannot be created.
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
    case .staleSocket: try ListeningSocket.leaveStale(at: path)
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

  /// Replaces the placeholders in a text of a configuration with this filter's ports and path.
  func filled(_ text: String) -> String {
    text.replacing("OTHER", with: "\(otherPort)").replacing("PORT", with: "\(port)")
      .replacing("PATH", with: path)
  }

  /// Changes the state between the doctor's run and the message.
  func becomeReady() {
    if case .ending = state { server?.kill() }
  }

  /// Stops the filter, and removes its files.
  func stop() {
    end.signal()
    server?.stop()
    peer?.stop()
    if isDirectoryOurs { directory.remove() }
  }
}
