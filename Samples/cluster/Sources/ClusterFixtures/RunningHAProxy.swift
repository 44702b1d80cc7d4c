import Foundation

/// A HAProxy with a sample's configuration, on Unix-domain sockets.
public final class RunningHAProxy {
  /// A server that HAProxy connects to.
  public struct Server {
    /// Whether HAProxy gives it connections.
    public let isUp: Bool
    /// The result of its last health check.
    public let check: String
    /// The number of connections that HAProxy has given it, without health checks.
    public let connections: Int
  }

  /// The path of the socket for clients.
  public let socket: String
  private let control: String
  private let backend: String
  private let program: RunningProgram

  /// Starts a HAProxy.
  ///
  /// - Parameters:
  ///   - configuration: The path of the sample's configuration.
  ///   - places: Pairs of a text in the configuration and its replacement. In a replacement, `SOCKET` stands
  ///     for ``socket``, and `CONTROL` for a socket for commands.
  ///   - backend: The name of the servers' section.
  ///   - folder: The folder for its files.
  /// - Throws: An error if the configuration does not have one of the texts.
  public init(
    configuration: String, replacing places: [(String, String)], backend: String,
    in folder: ScratchFolder
  ) throws {
    socket = folder.path(of: "haproxy.sock")
    control = folder.path(of: "control.sock")
    self.backend = backend
    var text = try String(contentsOfFile: configuration, encoding: .utf8)
    for (sample, ours) in places {
      guard text.contains(sample) else { throw FixtureError("\(configuration): no \(sample)") }
      text = text.replacingOccurrences(of: sample, with: ours)
    }
    text = text.replacingOccurrences(of: "SOCKET", with: socket)
    text = text.replacingOccurrences(of: "CONTROL", with: control)
    let file = try folder.write(text, to: "haproxy.cfg")
    program = try RunningProgram(
      "haproxy", ["-db", "-f", file], output: folder.path(of: "haproxy.log"))
  }

  /// Waits until a condition of the servers is true.
  public func wait(for subject: String, until isSo: ([Server]) -> Bool) throws {
    try program.wait(for: "HAProxy to find \(subject)") {
      // HAProxy may not listen yet.
      guard let servers = try? servers() else { return false }
      return isSo(servers)
    }
  }

  /// The servers, in the configuration's order.
  public func servers() throws -> [Server] {
    let rows = try command("show stat").split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let names = rows.first ?? []
    guard let number = names.firstIndex(of: "stot"), let status = names.firstIndex(of: "status"),
      let check = names.firstIndex(of: "check_status")
    else { throw FixtureError("HAProxy's statistics lack a column: \(names)") }
    let servers = rows.dropFirst().filter { $0[0] == backend && $0[1] != "BACKEND" }
    return servers.map { row in
      Server(
        isUp: row[status].hasPrefix("UP"), check: String(row[check]),
        connections: Int(row[number]) ?? 0)
    }
  }

  /// Runs a command in HAProxy, and returns its answer.
  private func command(_ text: String) throws -> String {
    let descriptor = Foundation.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let stream = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: control.utf8) }
    let isConnected = withUnsafeBytes(of: &address) { bytes in
      guard let name = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else {
        return false
      }
      return connect(descriptor, name, socklen_t(bytes.count)) == 0
    }
    guard isConnected else { throw FixtureError("nobody listens on \(control)") }
    try stream.write(contentsOf: Data("\(text)\n".utf8))
    return String(decoding: try stream.readToEnd() ?? Data(), as: UTF8.self)
  }
}
