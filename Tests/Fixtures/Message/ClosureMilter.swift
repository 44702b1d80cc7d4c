public import MilterTesting

/// A filter that handles messages with a closure.
public final class ClosureMilter: MessageMilter {
  /// The work on a message.
  public typealias Work = (inout MilterMessage) async throws -> Status

  private let work: Work
  /// The last message, as the closure left it.
  public private(set) var result: MilterMessage?
  /// The number of messages.
  public private(set) var count = 0

  /// Creates a filter that does nothing.
  public required init() {
    work = { _ in .continue }
    super.init()
  }

  /// Creates a filter.
  public init(_ work: @escaping Work) {
    self.work = work
    super.init()
  }

  nonisolated(nonsending) override public func message(_ message: inout MilterMessage) async throws
    -> Status
  {
    count += 1
    defer { result = message }
    return try await work(&message)
  }
}
