import Glibc
import MilterKit
import SoakRules
import Synchronization

/// Follows the order in the sender, as `soak-filter` does, and suspends in between.
final class SoakAsync: AsyncMilter {
  private struct Fault: Error {}

  /// The number of errors that callbacks threw because of an order.
  static let faults = Atomic<Int>(0)

  private var order: SoakOrder?
  private var hash = SoakHash()
  private var course = Course()

  override func envfrom(_ sender: String, _ args: [String]) async throws -> Status {
    course.begin(.envfrom)
    defer { course.end() }
    order = SoakOrder(sender: sender)
    hash = SoakHash()
    hash.add(sender.utf8)
    return try await deed(at: .envfrom)
  }

  override func envrcpt(_ recipient: String, _ args: [String]) async throws -> Status {
    course.begin(.envrcpt)
    defer { course.end() }
    hash.add(recipient.utf8)
    try await Suspension.any.run()
    return .continue
  }

  override func header(_ name: String, _ value: String) async throws -> Status {
    course.begin(.header)
    defer { course.end() }
    hash.add(name.utf8)
    hash.add(value.utf8)
    return try await deed(at: .header)
  }

  override func eoh() async throws -> Status {
    course.begin(.eoh)
    defer { course.end() }
    return try await deed(at: .eoh)
  }

  override func body(_ chunk: [UInt8]) async throws -> Status {
    course.begin(.body)
    defer { course.end() }
    try await Suspension.any.run()
    hash.add(chunk)
    return try await deed(at: .body)
  }

  override func eom() async throws -> Status {
    course.begin(.eom)
    defer { course.end() }
    guard let order else { return .tempfail }
    try addheader("X-Soak", hash.field(of: order.number))
    return try await deed(at: .eom)
  }

  override func abort() async {
    course.begin(.abort)
    defer { course.end() }
    try? await Suspension.any.run()
    order = nil
  }

  override func messageEnded() { course.messageEnded() }

  override func close() async {
    course.begin(.close)
    defer { course.end() }
    try? await Suspension.any.run()
  }

  /// Carries out the order, once for each message.
  nonisolated(nonsending) private func deed(at stage: SoakOrder.Stage) async throws -> Status {
    try await Suspension.any.run()
    guard let order, order.stage == stage else { return .continue }
    switch order.deed {
    case .accept: return .accept
    case .reject:
      try setreply("550", "5.7.1", order.refusal)
      return .reject
    case .tempfail: return .tempfail
    case .discard: return .discard
    case .fault:
      Self.faults.add(1, ordering: .relaxed)
      throw Fault()
    case .slow:
      let time = 1 + order.number % 20
      // Some callbacks block their thread. This must not delay other connections.
      if order.number % 5 == 0 {
        usleep(useconds_t(1000 * time))
      } else {
        try await Task.sleep(for: .milliseconds(time))
      }
      return .continue
    }
  }
}
