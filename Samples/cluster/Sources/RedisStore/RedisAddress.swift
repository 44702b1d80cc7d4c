import Glibc
public import MilterKit

/// The address where Redis listens.
public enum RedisAddress: Hashable, Sendable {
  case path(String)
  case host(String, port: Int)

  /// The maximum length of a path in bytes, which the system sets for Unix-domain sockets.
  private static let maxPathLength = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// Reads a path, `HOST`, or `HOST:PORT`.
  ///
  /// A text with a slash is a path. The default port is 6379. An IPv6 address needs brackets.
  ///
  /// - Throws: `MilterUsageError` if the text is not a valid address.
  public init(_ text: String) throws(MilterUsageError) {
    self = text.contains("/") ? try Self.path(of: text) : try Self.host(of: text)
  }

  private static func path(of text: String) throws(MilterUsageError) -> Self {
    guard text.utf8.count <= maxPathLength else {
      throw MilterUsageError(
        "--redis \(text): the path has \(text.utf8.count) bytes; that of a socket has at most "
          + "\(maxPathLength)")
    }
    return .path(text)
  }

  private static func host(of text: String) throws(MilterUsageError) -> Self {
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
    return .host(String(host), port: port)
  }
}

extension RedisAddress: CustomStringConvertible {
  /// The address in the form in which the option takes it.
  public var description: String {
    switch self {
    case .path(let path): path
    case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
  }
}
