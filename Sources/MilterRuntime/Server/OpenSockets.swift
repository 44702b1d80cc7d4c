import MilterSystem

/// The sockets of a server that listens and does not accept connections yet.
struct OpenSockets: Sendable {
  /// The sockets for MTAs.
  private(set) var mail: [ListeningSocket] = []
  /// The socket for statistics, if any.
  private(set) var metrics: ListeningSocket?
  /// The socket for status requests, if any.
  private(set) var control: ListeningSocket?

  /// Opens the sockets.
  ///
  /// - Parameters:
  ///   - specs: The sockets for MTAs.
  ///   - configuration: The server's configuration.
  /// - Throws: An error if a socket cannot be opened; no socket is then open.
  init(_ specs: [SocketSpec], _ configuration: MilterConfiguration) throws {
    let options = ListeningSocket.Options(
      backlog: Int32(clamping: configuration.backlog), mode: configuration.socketMode,
      group: configuration.socketGroup)
    do {
      for spec in specs { mail.append(try ListeningSocket(spec, options: options)) }
      if let listener = configuration.metricsListener {
        metrics = try ListeningSocket(SocketSpec(listener.socket), options: options)
      }
      control = try configuration.control.map {
        try ListeningSocket($0.spec, options: MilterControlSocket.options)
      }
    } catch {
      close(leavingFiles: false)
      throw error
    }
  }

  /// Closes the sockets.
  func close(leavingFiles: Bool) {
    for socket in mail + [metrics, control].compactMap({ $0 }) {
      if !leavingFiles { socket.unlinkIfOurs() }
      socket.close()
    }
  }
}
