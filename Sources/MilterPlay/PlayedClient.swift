package import MilterCommandLine
package import MilterCore
import MilterSystem

/// The simulated SMTP client.
package struct PlayedClient: Hashable, Sendable {
  /// Its name, as an MTA sends it.
  package let host: String
  /// The address; `nil` if the MTA does not know it.
  package let address: MilterAddress?

  /// Reads `NAME[ADDRESS]` with an optional port, or only an address.
  ///
  /// As in an MTA's log, the name of a client without a name is its address in brackets, and a client without
  /// an address is `NAME[unknown]`.
  ///
  /// - Throws: `UsageError` if the text is not valid.
  package init(_ text: String) throws(UsageError) {
    if let address = Self.address(text, port: Self.defaultPort) {
      self.init("[\(text)]", address)
      return
    }
    guard let open = text.firstIndex(of: "["), let close = text.lastIndex(of: "]"), open < close
    else { throw Self.wrong(text) }
    let inside = text[text.index(after: open)..<close]
    let tail = text[text.index(after: close)...]
    var port = Self.defaultPort
    if !tail.isEmpty {
      guard tail.first == ":", let number = UInt16(tail.dropFirst()) else { throw Self.wrong(text) }
      port = number
    }
    let address = Self.address(String(inside), port: port)
    guard address != nil || inside == "unknown" else { throw Self.wrong(text) }
    self.init(open == text.startIndex ? "[\(inside)]" : String(text[..<open]), address)
  }

  private init(_ host: String, _ address: MilterAddress?) {
    self.host = host
    self.address = address
  }

  private static let defaultPort: UInt16 = 49152

  private static func address(_ text: String, port: UInt16) -> MilterAddress? {
    if text.hasPrefix("/") { return .unix(path: text) }
    let bare = String(AddressBits.withoutTag(text[...]))
    guard let address = SocketAddress(bare, port: port), let host = address.host else { return nil }
    return address.family == .inet6
      ? .inet6(address: host, port: port) : .inet(address: host, port: port)
  }

  private static func wrong(_ text: String) -> UsageError {
    UsageError("--client \(text): write NAME[ADDRESS], such as mail.example.net[192.0.2.7]")
  }
}
