/// A message in an MTA: header fields in order, and a body.
public struct MTAMessage: Hashable, Sendable {
  /// The bytes before the first header field, which are not sent to filters.
  ///
  /// These are a byte order mark and the `From ` line of mbox files.
  public var preamble: [UInt8]
  /// The header fields in order.
  public var headers: [MTAHeader]
  /// Whether an empty line follows the header; otherwise, the message ends with the header.
  public var hasBlankLine: Bool
  /// The body, its lines ended by CR LF, unless the message was read with its own line ends.
  public var body: [UInt8]

  /// Creates a message from its parts.
  public init(headers: [MTAHeader] = [], body: [UInt8] = []) {
    preamble = []
    self.headers = headers
    hasBlankLine = true
    self.body = body
  }

  /// Returns the value of the first header field with a name, regardless of case; `nil` without such a field.
  public func value(of name: String) -> [UInt8]? {
    headers.first { $0.isNamed(name.utf8) }?.value
  }

  /// The whole message, with CR LF at the end of each line.
  ///
  /// If every line of a file ends with CR LF, an unchanged message has the same bytes. Otherwise, each LF
  /// becomes CR LF, the last line gets a line end, and an empty line is added before a body that followed the
  /// header without one.
  public var bytes: [UInt8] {
    var bytes = preamble
    bytes.reserveCapacity(preamble.count + body.count + headers.count * 64)
    for header in headers {
      bytes += header.name
      bytes += header.separator
      for byte in header.value {
        if byte == 0x0A { bytes.append(0x0D) }
        bytes.append(byte)
      }
      bytes += Self.lineEnd
    }
    if hasBlankLine || !body.isEmpty { bytes += Self.lineEnd }
    bytes += body
    return bytes
  }

  static let lineEnd: [UInt8] = [0x0D, 0x0A]
}
