package import MilterMTA

extension MTAVerdict {
  /// The exit status with which a program reports the verdict on a message.
  ///
  /// 0 accept, 10 reject, 11 tempfail, 12 discard, 13 quarantine, 14 disconnect, 20 failure.
  package var exitStatus: Int32 {
    switch self {
    case .accept: 0
    case .reject: 10
    case .tempfail: 11
    case .discard: 12
    case .quarantine: 13
    case .disconnect: 14
    case .failure: 20
    }
  }
}
