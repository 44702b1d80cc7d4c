/// The client as the commands connect and HELO describe it.
///
/// The commands are stored unread and are read only on request, because most filters use their callbacks'
/// arguments.
package struct ClientIntroduction: Sendable {
  /// The payload of connect; empty if the MTA does not send the command.
  package private(set) var connect: [UInt8] = []
  /// The payload of HELO; empty until the MTA sends the command.
  private var hello: [UInt8] = []

  /// Creates an introduction without commands.
  package init() {}

  /// Notes the payload of connect or HELO; does nothing for other commands.
  mutating func note(_ callback: MilterCallback, _ payload: Span<UInt8>) {
    switch callback {
    case .connect: self = Self(connect: payload.bytes(in: payload.indices))
    case .helo: hello = payload.bytes(in: payload.indices)
    default: break
    }
  }

  private init(connect: [UInt8]) { self.connect = connect }

  /// The host name and the address, `nil` if the MTA does not know it; `nil` without a valid connect.
  package var origin: (host: String, address: MilterAddress?)? {
    guard let (host, address) = try? CommandLayout.connect(connect.span) else { return nil }
    return (connect.span.text(in: host), address)
  }

  /// The name of HELO; `nil` without a valid HELO.
  package var helo: String? {
    (try? CommandLayout.string(hello.span, .helo)).map { hello.span.text(in: $0) }
  }
}
