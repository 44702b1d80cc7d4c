import Glibc
public import MilterKit

/// Where Redis listens.
public enum RedisAddress: Hashable, Sendable {
  case path(String)
  case host(String, port: Int)

  /// The maximum length of a path in bytes, as the system has it for Unix-domain sockets.
  private static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// Reads a path, which has a slash, or `HOST`, or `HOST:PORT`; the port is 6379 without another.
  ///
  /// An IPv6 address has brackets.
  ///
  /// - Throws: `MilterUsageError` if the text has another form.
  public init(_ text: String) throws(MilterUsageError) {
    guard !text.contains("/") else {
      guard text.utf8.count <= Self.longestPath else {
        throw MilterUsageError(
          "--redis \(text): the path has \(text.utf8.count) bytes, and that of a socket at most "
            + "\(Self.longestPath)")
      }
      self = .path(text)
      return
    }
    var host = text[...]
    var port: Int? = 6379
    if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
      host = text[..<colon]
      port = Int(text[text.index(after: colon)...])
    }
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      throw MilterUsageError(
        "--redis \(text): an IPv6 address needs brackets; write [ADDRESS]:PORT")
    }
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
