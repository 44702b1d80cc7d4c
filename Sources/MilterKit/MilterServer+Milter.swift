import MilterRuntime

extension MilterServer {
  /// Creates a server, which does not open its sockets yet.
  ///
  /// - Parameters:
  ///   - sockets: The sockets: `inet:port@host`, `inet6:port@host`, `unix:/path`, `local:/path`, a path,
  ///     Postfix's `inet:host:port`, or `fd:N` for a descriptor that already listens.
  ///   - configuration: The limits and the behavior of the server.
  ///   - makeMilter: Creates the filter for one connection, on that connection's thread.
  /// - Throws: `SocketError` with the code `invalidSpec`, which names the invalid part of a socket and the
  ///   correct form; ``/MilterCore/MilterError`` if the configuration is not valid.
  public convenience init<Filter: MilterBase>(
    sockets: [String], configuration: MilterConfiguration = .init(),
    makeMilter: @escaping @Sendable () -> Filter
  ) throws {
    guard !sockets.isEmpty else {
      throw MilterError(.invalidArgument, "a server needs at least one socket")
    }
    let log = InitializerLog(configuration.log)
    try self.init(
      sockets: sockets, configuration: configuration,
      prepare: configuration.prepare ?? { try Filter.prepare() },
      reload: configuration.reload ?? { try Filter.reload() }
    ) {
      log.make(makeMilter).makeHandler()
    }
  }

  /// Creates a server without sockets, whose connections come from this process with ``connect()``.
  package convenience init(
    configuration: MilterConfiguration, makeMilter: @escaping @Sendable () -> MilterBase
  ) throws {
    let log = InitializerLog(configuration.log)
    try self.init(sockets: [], configuration: configuration) {
      log.make(makeMilter).makeHandler()
    }
  }
}
