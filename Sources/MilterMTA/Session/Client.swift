import MilterCore

/// The SMTP client, as far as it has shown itself.
struct Client: Hashable, Sendable {
  var hasConnected = false
  /// Its name.
  var host: [UInt8] = []
  /// Its address; nil when it is not known.
  var address: MilterAddress?
  /// Whether it sent HELO.
  var hasSaidHelo = false
  /// The name it gave.
  var helo: [UInt8] = []

  /// The address as macros have it.
  var addressText: String { address?.text ?? "unknown" }
}
