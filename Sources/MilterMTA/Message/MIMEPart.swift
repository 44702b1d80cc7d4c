/// The content that the header of a part announces, as Postfix reads it.
struct MIMEPart {
  /// The kinds of content whose headers are looked for, or which are encoded in their own ways.
  enum Kind {
    case leaf
    case multipart
    /// `message/rfc822`.
    case message
    /// `message/global`.
    case globalMessage
    /// Other messages, such as `message/partial`.
    case otherMessage
    /// The text between the parts of a multipart.
    case other
  }

  /// The kind of content.
  var kind = Kind.leaf
  /// Whether the content claims to be 8-bit or binary.
  private(set) var is8Bit = false

  /// Creates a part whose header has nothing of interest.
  init(kind: Kind = .leaf) { self.kind = kind }

  /// The encoding that is written when the part is converted; `nil` if it stays as it is.
  var convertedEncoding: String? {
    guard is8Bit else { return nil }
    switch kind {
    case .multipart, .message, .otherMessage: return "7bit"
    case .leaf, .globalMessage, .other: return "quoted-printable"
    }
  }

  /// Whether the content begins with another header.
  var holdsMessage: Bool { kind == .message || kind == .globalMessage && !is8Bit }

  /// Reads a `Content-Transfer-Encoding`.
  mutating func take(encoding value: [UInt8]) {
    switch MIMEToken.parameters(value, specials: MIMEToken.addressSpecials)[0].first?.word {
    case "8bit", "binary": is8Bit = true
    case "7bit", "base64", "quoted-printable": is8Bit = false
    default: break
    }
  }

  /// Reads a `Content-Type`, and remembers its boundaries.
  mutating func take(contentType value: [UInt8], _ boundaries: inout MIMEBoundaries) {
    let parameters = MIMEToken.parameters(value, specials: MIMEToken.typeSpecials)
    let type = parameters[0]
    guard let first = type.first else { return kind = .other }
    let subtype = type.count > 2 && type[1].isSpecial("/") ? type[2].word : nil
    switch first.word {
    case "text": kind = .leaf
    case "message":
      switch subtype {
      case "rfc822": kind = .message
      case "global": kind = .globalMessage
      default: kind = .otherMessage
      }
    case "multipart":
      kind = .multipart
      for parameter in parameters.dropFirst()
      where parameter.count > 2 && parameter[0].word == "boundary" && parameter[1].isSpecial("=") {
        boundaries.add(parameter[2].bytes, inDigest: subtype == "digest")
      }
    default: break
    }
  }
}
