/// Changes what parts of a message say, and leaves every other byte as it is.
///
/// ```swift
/// func empty(_ part: MIMEPart, of message: MIMEMessage) throws {
///   var editor = MIMEEditor(message)
///   editor.setContent([], of: part)
///   for change in editor.headerChanges { try chgheader(change.name, change.index, change.value) }
///   try replacebody(editor.body)
/// }
/// ```
///
/// Any change breaks a signature over the body, that of DKIM too.
public struct MIMEEditor: Sendable {
  /// A change to a header field of the message, in the terms of `chgheader`.
  public struct HeaderChange: Hashable, Sendable {
    /// The field's name.
    public let name: String
    /// Which of the fields of that name, from 1; one that is not there is added.
    public let index: Int
    /// The new value; nil deletes the field.
    public let value: String?
  }

  /// The changes to header fields of the message itself, in the order to make them.
  public private(set) var headerChanges: [HeaderChange] = []

  private let message: MIMEMessage
  private var edits: [(range: Range<Int>, bytes: [UInt8])] = []

  /// What says something about the content that is wrong once it is changed.
  private static let stale = ["Content-Length", "Content-MD5", "Lines"]
  private static let encodingName = "Content-Transfer-Encoding"

  /// Begins with a message as it came.
  public init(_ message: MIMEMessage) {
    self.message = message
  }

  /// Gives a part new content.
  ///
  /// The part keeps its transfer encoding if the content fits it; otherwise a text becomes
  /// quoted-printable and anything else base64. Fields that would be wrong then are deleted:
  /// `Content-Length`, `Content-MD5`, `Lines`.
  /// - Parameters:
  ///   - content: the content without transfer encoding; a text in the part's character set, its
  ///     lines ended by CR LF.
  ///   - part: a part of this message without parts of its own, given no content before.
  public mutating func setContent(_ content: [UInt8], of part: MIMEPart) {
    var encoding = part.transferEncoding
    var encoded = encoding.encode(content)
    if encoded == nil {
      encoding = part.contentType.type == "text" ? .quotedPrintable : .base64
      encoded = encoding.encode(content)
    }
    let isMessage = part.headerRange.isEmpty && part.bodyRange == message.root.bodyRange
    if edits.isEmpty { changeMessageHeaders(isMessage ? encoding : nil) }
    if !isMessage { changeHeaders(of: part, encoding) }
    // Headers may end with the part, without the empty line.
    let isCut =
      !part.headerRange.isEmpty && part.headerRange.upperBound == part.bodyRange.lowerBound
    edits.append((part.bodyRange, (isCut ? ASCII.crlf : []) + (encoded ?? [])))
  }

  private mutating func changeHeaders(of part: MIMEPart, _ encoding: MIMETransferEncoding) {
    var stale = Self.stale
    let end = part.headerRange.upperBound
    if !part.headerRange.isEmpty, message.body[end - 1] != ASCII.lf {
      edits.append((end..<end, ASCII.crlf))
    }
    if encoding != part.transferEncoding {
      stale.append(Self.encodingName)
      edits.append((end..<end, Array("\(Self.encodingName): \(encoding.name)\r\n".utf8)))
    }
    for field in part.headers where stale.contains(where: { ASCII.isSame($0, field.name) }) {
      edits.append((field.range, []))
    }
  }

  private mutating func changeMessageHeaders(_ encoding: MIMETransferEncoding?) {
    let headers = message.root.headers
    for name in Self.stale {
      // From the last to the first: with Postfix a deletion moves those behind it.
      for index in stride(from: headers.all(name).count, to: 0, by: -1) {
        headerChanges.append(HeaderChange(name: name, index: index, value: nil))
      }
    }
    guard let encoding, encoding != message.root.transferEncoding else { return }
    headerChanges.append(HeaderChange(name: Self.encodingName, index: 1, value: encoding.name))
    if headers["MIME-Version"] == nil {
      headerChanges.append(HeaderChange(name: "MIME-Version", index: 1, value: "1.0"))
    }
  }

  /// The body with all changes.
  public var body: [UInt8] {
    var result: [UInt8] = []
    var position = 0
    // Of edits at the same place the one made first comes first.
    let order = edits.indices.sorted {
      (edits[$0].range.lowerBound, $0) < (edits[$1].range.lowerBound, $1)
    }
    for edit in order.map({ edits[$0] }) where edit.range.lowerBound >= position {
      result += message.body[position..<edit.range.lowerBound]
      result += edit.bytes
      position = edit.range.upperBound
    }
    return result + message.body[position...]
  }
}
