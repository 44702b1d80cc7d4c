import MilterCore

/// The SMTP client, according to its commands so far.
struct Client: Hashable, Sendable {
  var hasConnected = false
  /// The client's name.
  var host: [UInt8] = []
  /// The client's address; `nil` if it is unknown.
  var address: MilterAddress?
  /// Whether the client has sent HELO.
  var hasSaidHelo = false
  /// The name in HELO.
  var helo: [UInt8] = []

  /// The address in the form for macros.
  var addressText: String { address?.text ?? "unknown" }
}
