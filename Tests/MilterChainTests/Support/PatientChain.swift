import MilterTesting

/// A chain that waits for remote members as long as a busy machine takes.
final class PatientChain: MilterChain {
  override class var timeLimits: ChainTimeLimits {
    .init(command: .seconds(120), content: .seconds(300))
  }

  override init(@ChainBuilder _ members: () -> [ChainMember]) { super.init(members) }

  required init() { super.init() }
}

extension ChainMember {
  /// A filter behind a socket for which ``PatientChain`` waits.
  static func patient(_ socket: String) -> Self {
    .remote(
      socket,
      timeouts: .init(
        connect: .seconds(120), command: .seconds(120), content: .seconds(120), end: .seconds(300)))
  }
}
