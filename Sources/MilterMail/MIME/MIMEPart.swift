/// A part of a message, or the message itself: its header fields, and the ranges of its bytes.
///
/// Ranges are offsets into ``MIMEMessage/body``.
public struct MIMEPart: Sendable {
  /// The header fields.
  public let headers: MailHeaders
  /// The part's type; the standard's default if the header field is missing or not valid.
  public let contentType: MIMEContentType
  /// The part's transfer encoding; by default 7bit.
  public let transferEncoding: MIMETransferEncoding
  /// The range of the header fields, without the empty line after them; empty for the message itself, because
  /// the body does not contain its header.
  public let headerRange: Range<Int>
  /// The range of the encoded content.
  public let bodyRange: Range<Int>
  /// The parts of a multipart, or the message in a `message/rfc822` part.
  public let parts: [MIMEPart]

  /// The part's index in ``all`` parts of the message; the message itself has 0.
  ///
  /// Together with the ranges, it identifies the part within the message.
  public let number: Int
  /// The part's place among the delimiter lines.
  let place: MIMEPlace
  /// The delimiters of the part's subparts; `nil` if it is not a multipart.
  let frame: MIMEFrame?
  /// Whether another program may find different subparts.
  let isAmbiguous: Bool

  /// The part's header fields and its content, without the line end before the next delimiter.
  public var range: Range<Int> { headerRange.lowerBound..<bodyRange.upperBound }

  /// The first `Content-Disposition`; `nil` if it is missing or has no disposition type.
  public var disposition: MIMEContentDisposition? {
    headers.all("Content-Disposition").first.flatMap { MIMEContentDisposition($0.rawValue) }
  }

  /// Whether the sender wants the part to be displayed as a file, and not as text.
  public var isAttachment: Bool { disposition?.isAttachment ?? false }

  /// The file name from `Content-Disposition`, or from the parameter `name` of `Content-Type`, with decoded
  /// encoded words.
  public var fileName: String? {
    disposition?.fileName ?? contentType.parameters["name"].map { EncodedWord.decode($0) }
  }

  /// All file names that a mail program may read from the part, without duplicates, beginning with
  /// ``fileName``.
  ///
  /// To hide a name from a scanner, senders write several names: in repeated fields or parameters, in pieces
  /// with gaps, encoded in two ways, or after a comment or quote without an end. A scanner must check all of
  /// them.
  ///
  /// ```swift
  /// func isDangerous(_ part: MIMEPart) -> Bool { part.fileNames.contains(where: \.isExecutable) }
  /// ```
  public var fileNames: [MIMEFileName] {
    var seen: Set<String> = []
    var names: [MIMEFileName] = []
    func add(_ name: String) {
      if !name.isEmpty, seen.insert(name).inserted { names.append(MIMEFileName(name)) }
    }
    if let fileName { add(fileName) }
    for field in headers.all("Content-Disposition") + headers.all("Content-Type") {
      var scanner = StructuredScanner(field.rawValue)
      let parameters = MIMEParameters(&scanner)
      for reading in parameters.readings(of: "filename") + parameters.readings(of: "name") {
        add(EncodedWord.decode(reading))
        add(reading)
      }
      for name in ["filename", "name"] {
        for reading in MIMEParameters.naiveReadings(of: name, in: field.rawValue) {
          add(EncodedWord.decode(reading))
          add(reading)
        }
      }
    }
    return names
  }

  /// The main part of a `multipart/related`: RFC 2387, section 3.2.
  ///
  /// The parameter `start` names its `Content-ID`; without a match, it is the first part. It is `nil` for parts
  /// without subparts and for other types.
  public var relatedRoot: MIMEPart? {
    guard contentType.is("multipart", "related") else { return nil }
    let start = contentType.parameters["start"].map { Self.identifier($0) }
    return parts.first { part in
      start != nil && part.headers["Content-ID"].map { Self.identifier($0) } == start
    } ?? parts.first
  }

  /// Returns a message identifier without angle brackets and comments.
  private static func identifier(_ text: String) -> String {
    var scanner = StructuredScanner(text.utf8)
    _ = try? scanner.skipCFWS()
    var rest = text.utf8.dropFirst(scanner.position).trimmed
    if rest.first == UInt8(ascii: "<"), let end = rest.firstIndex(of: UInt8(ascii: ">")) {
      rest = rest[..<end].dropFirst()
    }
    return String(Substring(rest))
  }

  /// The part and all its subparts, each part before its own subparts.
  public var all: [MIMEPart] { [self] + parts.flatMap(\.all) }
}
