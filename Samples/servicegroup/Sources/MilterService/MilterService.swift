public import MilterKit
public import ServiceLifecycle

/// A milter server as a service of a `ServiceGroup`.
///
/// When the group shuts down gracefully, the server accepts no more connections, gives messages under way
/// their verdict (``MilterKit/MilterConfiguration/drain``), and ends. The group, not the server, handles
/// signals.
public struct MilterService: Service {
  private let server: MilterServer

  /// Makes a service of a server that has not been started.
  public init(_ server: MilterServer) { self.server = server }

  /// Serves until the group shuts down or cancels the service.
  ///
  /// - Throws: if a socket cannot be opened.
  public func run() async throws {
    try await cancelWhenGracefulShutdown { try await server.serve() }
  }
}
