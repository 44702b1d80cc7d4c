import MilterKit
import MilterSystem

/// Compares the endpoint to which an MTA connects with the socket of a filter.
enum ReachedSocket {
  /// The similarity of an endpoint and the filter's socket.
  enum Match: Hashable, Sendable {
    case same
    /// The port is the filter's, but the address is not.
    case port
    case none
  }

  /// Compares an endpoint with the filter's socket.
  ///
  /// - Parameters:
  ///   - host: The host in the MTA's configuration.
  ///   - port: The port.
  ///   - families: The address families that the MTA tries.
  ///   - socket: The filter's socket.
  /// - Returns: The similarity.
  static func match(
    host: String, port: String, _ families: [SocketSpec.Family], _ socket: MTASocket
  ) -> Match {
    guard case .inet(let family, let wanted, let wantedPort) = socket.target else { return .none }
    guard number(port) == number("\(wantedPort)") else { return .none }
    let reached = families.flatMap { addresses($0, host) }
    let isEverywhere = wanted == nil || wanted == "0.0.0.0" || wanted == "::"
    if isEverywhere {
      // All interfaces of IPv6 include those of IPv4, unless the system is configured otherwise.
      return family == .inet6 || families.contains(.inet) && !addresses(.inet, host).isEmpty
        ? .same : .port
    }
    // An address needs no lookup: none of the families has it.
    if reached.isEmpty, SocketAddress(host, port: 0) != nil { return .port }
    let listening = addresses(family, wanted)
    if reached.isEmpty || listening.isEmpty { return host == wanted ? .same : .port }
    return reached.contains { listening.contains($0) } ? .same : .port
  }

  /// Whether two paths lead to the same file, including links.
  static func isSame(_ first: String, _ second: String) -> Bool {
    resolved(first) == resolved(second)
  }

  /// Returns the path without links and dots, as far as it exists.
  private static func resolved(_ path: String) -> [Substring] {
    var existing = path
    var missing: [Substring] = []
    while !existing.isEmpty {
      if let real = FilePath(existing).resolved { return real.text.split(separator: "/") + missing }
      let parts = existing.split(separator: "/")
      guard let last = parts.last else { break }
      missing.insert(last, at: 0)
      existing = (existing.hasPrefix("/") ? "/" : "") + parts.dropLast().joined(separator: "/")
    }
    return missing
  }

  private static func addresses(_ family: SocketSpec.Family, _ host: String?) -> [SocketAddress] {
    let spec = SocketSpec(target: .inet(family, host: host, port: .number(0)))
    return (try? spec.resolve(for: .connecting)) ?? []
  }

  private static func number(_ port: String) -> UInt16? {
    if let number = UInt16(port) { return number }
    let spec = SocketSpec(target: .inet(.inet, host: nil, port: .service(port)))
    return try? spec.resolve(for: .connecting).first?.port
  }
}
