extension MilterServer {
  /// Makes a server; it opens nothing yet.
  ///
  /// - Parameters:
  ///   - sockets: where to listen: `inet:port@host`, `inet6:port@host`, `unix:/path`,
  ///     `local:/path`, a path, Postfix's `inet:host:port`, or `fd:N` for a descriptor that
  ///     listens already.
  ///   - configuration: how.
  ///   - makeMilter: makes the filter for one connection, on that connection's thread.
  /// - Throws: `SocketError` with the code `invalidSpec`, which names the part of the socket that
  ///   is wrong and the correct form; ``/MilterCore/MilterError`` for a configuration that cannot work.
  public convenience init<Filter: MilterBase>(
    sockets: [String], configuration: MilterConfiguration = .init(),
    makeMilter: @escaping @Sendable () -> Filter
  ) throws {
    guard !sockets.isEmpty else {
      throw MilterError(.invalidArgument, "a server needs at least one socket")
    }
    let log = configuration.log
    try self.init(
      sockets: sockets, configuration: configuration,
      prepare: configuration.prepare ?? { try Filter.prepare() },
      reload: configuration.reload ?? { try Filter.reload() }
    ) {
      MilterLog.$making.withValue(log) { makeMilter() }.makeHandler()
    }
  }

  /// Makes a server that listens nowhere: connections come from this process, by ``connect()``.
  package convenience init(
    configuration: MilterConfiguration, makeMilter: @escaping @Sendable () -> MilterBase
  ) throws {
    let log = configuration.log
    try self.init(sockets: [], configuration: configuration) {
      MilterLog.$making.withValue(log) { makeMilter() }.makeHandler()
    }
  }
}
