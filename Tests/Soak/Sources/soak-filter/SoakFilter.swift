import Glibc
import MilterKit
import SoakRules
import Synchronization

/// Follows the order in the sender, and records in a header field what it has seen of the message.
///
/// `soak-filter-c` is the same in C.
@main
final class SoakFilter: Milter {
  private struct Fault: Error {}

  /// The settings, which a reload replaces as a whole.
  private final class Settings: Sendable {
    let extended = "5.7.1"
  }
  private static let current = Mutex(Settings())

  private let settings = current.withLock { $0 }
  private var order: SoakOrder?
  private var hash = SoakHash()

  override class func reload() throws { current.withLock { $0 = Settings() } }

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    order = SoakOrder(sender: sender)
    hash = SoakHash()
    hash.add(sender.utf8)
    return try deed(at: .envfrom)
  }

  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    hash.add(recipient.utf8)
    return .continue
  }

  override func header(_ name: String, _ value: String) throws -> Status {
    hash.add(name.utf8)
    hash.add(value.utf8)
    return try deed(at: .header)
  }

  override func eoh() throws -> Status { try deed(at: .eoh) }

  override func body(_ chunk: RawSpan) throws -> Status {
    for index in chunk.byteOffsets {
      hash.add(chunk.unsafeLoad(fromByteOffset: index, as: UInt8.self))
    }
    return try deed(at: .body)
  }

  override func eom() throws -> Status {
    guard let order else { return .tempfail }
    try addheader("X-Soak", hash.field(of: order.number))
    return try deed(at: .eom)
  }

  override func abort() { order = nil }

  /// Carries out the order, once for each message.
  private func deed(at stage: SoakOrder.Stage) throws -> Status {
    guard let order, order.stage == stage else { return .continue }
    switch order.deed {
    case .accept: return .accept
    case .reject:
      try setreply("550", settings.extended, order.refusal)
      return .reject
    case .tempfail: return .tempfail
    case .discard: return .discard
    case .fault: throw Fault()
    case .slow:
      usleep(useconds_t(1000 * (1 + order.number % 20)))
      return .continue
    }
  }
}
