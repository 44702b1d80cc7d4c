public import MilterKit

/// Where Redis listens.
public enum RedisAddress: Hashable, Sendable {
  case path(String)
  case host(String, port: Int)

  /// Reads a path, which has a slash, or `HOST`, or `HOST:PORT`; the port is 6379 without another.
  ///
  /// - Throws: `MilterUsageError` if the text is none of these.
  public init(_ text: String) throws(MilterUsageError) {
    guard !text.contains("/") else {
      self = .path(text)
      return
    }
    var host = text[...]
    var port: Int? = 6379
    if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
      host = text[..<colon]
      port = Int(text[text.index(after: colon)...])
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard let port, 1...65_535 ~= port, !host.isEmpty else {
      throw MilterUsageError("--redis \(text): write a path, or HOST:PORT, such as 127.0.0.1:6379")
    }
    self = .host(String(host), port: port)
  }
}

extension RedisAddress: CustomStringConvertible {
  /// The address as it is written.
  public var description: String {
    switch self {
    case .path(let path): path
    case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
  }
}
