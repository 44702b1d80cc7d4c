/// A part of a message, or the message itself: headers, and where the bytes lie that belong to it.
///
/// Ranges are offsets into ``MIMEMessage/body``.
public struct MIMEPart: Sendable {
  /// The header fields.
  public let headers: MailHeaders
  /// The part's type; the standard's default if the header field is missing or cannot be read.
  public let contentType: MIMEContentType
  /// Its encoding; 7bit if no header field declares another.
  public let transferEncoding: MIMETransferEncoding
  /// The range of the header fields, without the empty line after them; empty for the message itself,
  /// whose header fields are not in the body.
  public let headerRange: Range<Int>
  /// The range of the encoded content.
  public let bodyRange: Range<Int>
  /// The parts of a multipart, or the message within a `message/rfc822`.
  public let parts: [MIMEPart]

  /// The part's place among ``all`` parts of the message, from 0 for the message itself.
  ///
  /// Together with the ranges, it distinguishes the part from all others of the message.
  public let number: Int
  /// The part's place among its siblings.
  let place: MIMEPlace
  /// How the part's own parts are set off; `nil` if it is no multipart.
  let frame: MIMEFrame?
  /// Whether another program may find different parts in it.
  let isAmbiguous: Bool

  /// The part's header fields and its content, without the line end before the next delimiter.
  public var range: Range<Int> { headerRange.lowerBound..<bodyRange.upperBound }

  /// The first `Content-Disposition`; `nil` if it is missing or has no disposition type.
  public var disposition: MIMEContentDisposition? {
    headers.all("Content-Disposition").first.flatMap { MIMEContentDisposition($0.rawValue) }
  }

  /// Whether the sender wants it shown as a file rather than as text.
  public var isAttachment: Bool { disposition?.isAttachment ?? false }

  /// The name of the file: of the `Content-Disposition`, or the parameter `name` of the
  /// `Content-Type`; its encoded words are decoded.
  public var fileName: String? {
    disposition?.fileName ?? contentType.parameters["name"].map { EncodedWord.decode($0) }
  }

  /// All file names that a mail program may read from the part, each once, ``fileName`` first.
  ///
  /// To hide a name from a scanner, senders write several: in repeated fields or parameters, in pieces with
  /// gaps, encoded in two ways, or after a comment or quote that does not end. A scanner must check all of them.
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

  /// The part of a `multipart/related` that the others belong to: RFC 2387, section 3.2.
  ///
  /// The parameter `start` names its `Content-ID`; without a match, it is the first part. `nil` for a
  /// part without subparts or of any other type.
  public var relatedRoot: MIMEPart? {
    guard contentType.is("multipart", "related") else { return nil }
    let start = contentType.parameters["start"].map { Self.identifier($0) }
    return parts.first { part in
      start != nil && part.headers["Content-ID"].map { Self.identifier($0) } == start
    } ?? parts.first
  }

  /// A message identifier without angle brackets and comments.
  private static func identifier(_ text: String) -> String {
    var scanner = StructuredScanner(text.utf8)
    _ = try? scanner.skipCFWS()
    var rest = text.utf8.dropFirst(scanner.position).trimmed
    if rest.first == UInt8(ascii: "<"), let end = rest.firstIndex(of: UInt8(ascii: ">")) {
      rest = rest[..<end].dropFirst()
    }
    return String(Substring(rest))
  }

  /// The part and all within it, each before its own parts.
  public var all: [MIMEPart] { [self] + parts.flatMap(\.all) }
}
