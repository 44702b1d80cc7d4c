extension MTAVerdict {
  /// The verdict of a reply that refuses: tempfail if its code begins with 4, otherwise reject.
  package init(refusal reply: some Collection<UInt8>) {
    self = reply.first == UInt8(ascii: "4") ? .tempfail : .reject
  }
}

extension Collection<UInt8> {
  /// Whether an MTA closes the client's connection after this reply: its code is 421.
  package var disconnectsClient: Bool { starts(with: "421".utf8) }
}
