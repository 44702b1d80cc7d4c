import MilterSystem

/// The sockets of a server that listens and does not accept yet.
struct OpenSockets: Sendable {
  /// The sockets for MTAs.
  private(set) var mail: [ListeningSocket] = []
  /// The one for statistics, if there is one.
  private(set) var metrics: ListeningSocket?
  /// The one that answers what the server does, if there is one.
  private(set) var control: ListeningSocket?

  /// Opens the sockets.
  ///
  /// - Parameters:
  ///   - specs: where MTAs connect.
  ///   - configuration: the server's.
  /// - Throws: if one cannot be opened; none is open then.
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

  /// Closes them.
  func close(leavingFiles: Bool) {
    for socket in mail + [metrics, control].compactMap({ $0 }) {
      if !leavingFiles { socket.unlinkIfOurs() }
      socket.close()
    }
  }
}
