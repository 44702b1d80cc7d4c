public import MilterKit
public import ServiceLifecycle

/// A milter server as a service of a `ServiceGroup`.
///
/// When the group shuts down gracefully, the server accepts no more connections. It gives messages in progress
/// their verdict (``MilterKit/MilterConfiguration/drain``), and then ends. The group handles signals, not the
/// server.
public struct MilterService: Service {
  private let server: MilterServer

  /// Creates a service of a server that has not been started.
  public init(_ server: MilterServer) { self.server = server }

  /// Serves until the group shuts down or cancels the service.
  ///
  /// - Throws: An error if a socket cannot be opened.
  public func run() async throws {
    try await cancelWhenGracefulShutdown { try await server.serve() }
  }
}
