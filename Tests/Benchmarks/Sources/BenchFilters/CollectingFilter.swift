package import MilterKit

/// A filter that collects the whole message itself and examines it at eom.
package final class CollectingFilter: Milter {
  @PerMessage private var sender = ""
  @PerMessage private var recipients: [String] = []
  @PerMessage private var headers: [(name: String, value: String)] = []
  @PerMessage private var body: [UInt8] = []

  package override class var actions: MilterActionFlags { .addhdrs }

  package override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    self.sender = sender
    return .continue
  }

  package override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    recipients.append(recipient)
    return .continue
  }

  package override func header(_ name: String, _ value: String) throws -> Status {
    headers.append((name, value))
    return .continue
  }

  package override func body(_ chunk: RawSpan) throws -> Status {
    chunk.withUnsafeBytes { body += $0 }
    return .continue
  }

  package override func eom() throws -> Status {
    guard !headers.contains(where: { $0.name == "X-Bench" }) else { return .reject }
    try addheader("X-Bench", "checked")
    return .accept
  }
}
