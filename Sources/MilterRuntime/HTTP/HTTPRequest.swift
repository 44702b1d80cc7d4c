/// The first line of a request of HTTP/1, as far as a server of a few pages needs it.
struct HTTPRequest: Equatable {
  /// The result of reading the request so far.
  enum Reading: Equatable {
    /// The header is not complete.
    case more
    case request(HTTPRequest)
    /// It is no request of HTTP/1.
    case malformed
    /// The header is longer than it may be.
    case tooLong
  }

  let method: String
  /// The path without a query.
  let path: String

  /// The maximum size of a header in bytes.
  static let longest = 8192

  /// Reads what has come.
  static func read(_ bytes: [UInt8]) -> Reading {
    guard hasEnded(bytes) else { return bytes.count > longest ? .tooLong : .more }
    let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
    let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard words.count == 3, words[2].starts(with: "HTTP/1.".utf8), !words[0].isEmpty,
      words[1].first == UInt8(ascii: "/")
    else { return .malformed }
    return .request(
      HTTPRequest(
        method: String(decoding: words[0], as: UTF8.self),
        path: String(decoding: words[1].prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)))
  }

  /// Whether an empty line has come, at the end of the header.
  private static func hasEnded(_ bytes: [UInt8]) -> Bool {
    var isEmptyLine = false
    for byte in bytes {
      if byte == 0x0A {
        if isEmptyLine { return true }
        isEmptyLine = true
      } else if byte != 0x0D {
        isEmptyLine = false
      }
    }
    return false
  }
}
