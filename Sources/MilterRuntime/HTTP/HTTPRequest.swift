/// The first line of an HTTP/1 request, as far as a page server needs it.
struct HTTPRequest: Equatable {
  /// The result of reading the request so far.
  enum Reading: Equatable {
    /// The header is not complete.
    case more
    case request(HTTPRequest)
    /// The bytes are not an HTTP/1 request.
    case malformed
    /// The header exceeds the maximum size.
    case tooLong
  }

  let method: String
  /// The path without the query.
  let path: String

  /// The maximum size of a header in bytes.
  static let longest = 8192

  /// Reads the bytes that have arrived.
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

  /// Whether the empty line at the end of the header has arrived.
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
