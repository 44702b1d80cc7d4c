import MilterTesting

/// A chain with long timeouts for remote members, for busy machines.
final class PatientChain: MilterChain {
  override class var timeLimits: ChainTimeLimits {
    .init(command: .seconds(120), content: .seconds(300))
  }

  override init(@ChainBuilder _ members: () -> [ChainMember]) { super.init(members) }

  required init() { super.init() }
}

extension ChainMember {
  /// Returns a member on a socket, with the timeouts of ``PatientChain``.
  static func patient(_ socket: String) -> Self {
    .remote(
      socket,
      timeouts: .init(
        connect: .seconds(120), command: .seconds(120), content: .seconds(120), end: .seconds(300)))
  }
}
