/// A message as an MTA holds it: header fields in their order, and a body.
public struct MTAMessage: Hashable, Sendable {
  /// The bytes before the first header field, which are shown to no filter.
  ///
  /// These are a byte order mark and the `From ` line of mbox files.
  public var preamble: [UInt8]
  /// The headers from the first to the last.
  public var headers: [MTAHeader]
  /// Whether an empty line follows the headers; without one the message ended with them.
  public var hasBlankLine: Bool
  /// The body, its lines ended by CR LF, unless the message was read with its own line ends.
  public var body: [UInt8]

  /// Makes a message from its parts.
  public init(headers: [MTAHeader] = [], body: [UInt8] = []) {
    preamble = []
    self.headers = headers
    hasBlankLine = true
    self.body = body
  }

  /// The value of the first header of a name, in whatever case it is spelled; nil without one.
  public func value(of name: String) -> [UInt8]? {
    headers.first { $0.isNamed(name.utf8) }?.value
  }

  /// The whole message, lines ended by CR LF.
  ///
  /// An unchanged message that was read from a file comes back byte for byte if it had CR LF at the
  /// end of every line. What is different otherwise: bare LF has become CR LF, the last line has
  /// got an end, and an empty line stands before a body that followed the headers without one.
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
