import MilterTesting

/// A filter that decides in most callbacks, as an author may write it.
final class Gatekeeper: Milter {
  private(set) var client = ""
  private(set) var recipients: [String] = []
  private(set) var headers = 0
  private(set) var bytes = 0
  private(set) var aborts = 0
  private(set) var closes = 0

  override func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) throws -> Status {
    try setsymlist(.envfrom, "{auth_authen} i")
    return .continue
  }

  override func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
    client = "\(host) \(address?.text ?? "-")"
    return .continue
  }

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    recipients = []
    headers = 0
    bytes = 0
    guard sender != "<spam@example.org>" else {
      try setreply("554", "5.7.1", "no spam, 100%")
      return .reject
    }
    return .continue
  }

  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    guard !recipient.hasPrefix("<no") else { return .reject }
    recipients.append(recipient)
    return .continue
  }

  override func header(_ name: String, _ value: String) throws -> Status {
    headers += 1
    return value == "bad" ? .tempfail : .continue
  }

  override func body(_ chunk: RawSpan) throws -> Status {
    bytes += chunk.byteCount
    return .continue
  }

  override func eom() throws -> Status {
    try addheader("X-Seen", "\(recipients.count) \(headers) \(bytes)")
    try chgheader("Subject", 1, "[seen]")
    try addrcpt("archive@example.org")
    if let name = getsymval("{auth_authen}") { try quarantine("sent by \(name)") }
    return .accept
  }

  override func abort() { aborts += 1 }

  override func close() { closes += 1 }
}
