public import MilterCore
import MilterMTA
public import MilterMail

extension MilterMessage {
  /// A header field of a message.
  ///
  /// ```
  /// Subject: a long CR LF   subject CR LF
  /// name   separator └─ rawValue, here `a long LF   subject` ─┘
  /// ```
  ///
  /// A field has an identity: it remains the same field of its message when you move it or change its value,
  /// and it differs from other fields with equal content.
  public struct Field: Sendable {
    /// The number of the field in its message: its place on arrival, or a higher number for a new field.
    ///
    /// Negative for a field that does not belong to a message yet.
    var id: Int
    /// The name, followed by everything after the colon.
    let content: ArraySlice<UInt8>
    let nameCount: Int

    init(id: Int, content: ArraySlice<UInt8>, nameCount: Int) {
      self.id = id
      self.content = content
      self.nameCount = nameCount
    }

    /// Creates a field from text.
    ///
    /// Text that is not ASCII is encoded in encoded words (RFC 2047), and long text is folded.
    /// - Parameters:
    ///   - name: The name: printable ASCII without a colon.
    ///   - text: The text, one line.
    /// - Throws: ``/MilterCore/MilterError`` if the name or the text is not allowed, or the field is larger
    ///   than 60,000 bytes.
    public init(_ name: String, _ text: String) throws(MilterError) {
      let value = try FieldText.value(text, name: name)
      try self.init(name, rawValue: value)
    }

    /// Creates a field from bytes, which are not changed.
    ///
    /// - Parameters:
    ///   - name: The name: printable ASCII without a colon.
    ///   - rawValue: The value. LF and CR LF are allowed if the next line begins with a space or a tab.
    ///   - separator: The characters between name and value: `": "`, or `":"` if the value is not empty.
    /// - Throws: ``/MilterCore/MilterError`` if a part is not allowed, or if the field is larger than 60,000
    ///   bytes, because Postfix would cut it.
    public init(
      _ name: String, rawValue: some Collection<UInt8>, separator: Separator = .colonSpace
    ) throws(MilterError) {
      let text = try HeaderText(name, rawValue, for: "header field")
      guard !text.name.isEmpty else {
        throw MilterError(.invalidArgument, "header field: the name is empty")
      }
      guard !text.value.contains(0) else {
        throw MilterError(.invalidArgument, "header field: the value contains NUL")
      }
      let value = separator == .colonSpace ? [0x20] + text.value : text.value
      guard !value.isEmpty else {
        throw MilterError(
          .invalidArgument, "header field: MTAs treat an empty value as a deletion; use \": \"")
      }
      guard text.name.count + 1 + value.count <= MTATraits.largestField else {
        throw MilterError(
          .invalidArgument,
          "header field: it is larger than \(MTATraits.largestField) bytes, and Postfix would cut it"
        )
      }
      self.init(id: -1, content: (text.name + value)[...], nameCount: text.name.count)
    }

    /// Creates a folded field from addresses, such as `To`.
    ///
    /// - Parameters:
    ///   - name: The name: printable ASCII without a colon.
    ///   - addresses: The addresses; display names that are not ASCII are encoded in encoded words (RFC 2047).
    /// - Throws: ``/MilterCore/MilterError`` if the name is not allowed, the field is larger than 60,000 bytes,
    ///   or there is no address; ``/MilterMail/MailSyntaxError`` if an address cannot be written.
    public init(_ name: String, _ addresses: MailAddressList) throws {
      guard !addresses.items.isEmpty else {
        throw MilterError(.invalidArgument, "\(name): a field must have an address")
      }
      try self.init(
        name, rawValue: try addresses.encoded(column: name.utf8.count + 2).utf8)
    }

    /// Creates a field from a date, such as `Date`.
    ///
    /// - Parameters:
    ///   - name: The name: printable ASCII without a colon.
    ///   - date: The date.
    /// - Throws: ``/MilterCore/MilterError`` if the name is not allowed.
    public init(_ name: String, _ date: MailDate) throws(MilterError) {
      try self.init(name, rawValue: date.description.utf8)
    }

    /// The characters between the name and the value of a field.
    public enum Separator: String, Hashable, Sendable {
      /// A colon and a space.
      case colonSpace = ": "
      /// Only a colon.
      case colon = ":"
    }

    /// The name, in the sender's spelling.
    public var name: String { String(decoding: rawName, as: UTF8.self) }

    /// The characters between the name and ``rawValue``.
    public var separator: Separator { wireValue.first == 0x20 ? .colonSpace : .colon }

    /// The value's bytes without the space after the colon; folded lines are separated by LF.
    public var rawValue: [UInt8] {
      Array(wireValue.first == 0x20 ? wireValue.dropFirst() : wireValue)
    }

    /// The value on one line, without white space at its ends; invalid UTF-8 becomes U+FFFD.
    public var value: String {
      Self.trimmed(String(decoding: MailHeaders.unfold(rawValue), as: UTF8.self))
    }

    /// The value as mail programs display it: on one line, with decoded encoded words (RFC 2047).
    ///
    /// Encoded words can contain control characters, which become spaces. So the text can be assigned to a
    /// field again.
    public var text: String {
      let text = EncodedWord.decode(MailHeaders.unfold(rawValue))
      guard text.unicodeScalars.contains(where: FieldText.isControl) else {
        return Self.trimmed(text)
      }
      let scalars = text.unicodeScalars.map { FieldText.isControl($0) ? " " : $0 }
      return Self.trimmed(String(String.UnicodeScalarView(scalars)))
    }

    /// The addresses of a field such as `From` or `Cc`.
    ///
    /// - Throws: ``/MilterMail/MailSyntaxError`` if the value is not valid or is ambiguous.
    public var addresses: MailAddressList {
      get throws(MailSyntaxError) { try MailAddressList(rawValue) }
    }

    /// The date of a field such as `Date`; `nil` if the value is not a date.
    public var date: MailDate? { MailDate(rawValue) }

    /// The field exactly as it is in the message, with its line ends: `Subject: one\r\n`.
    public var bytes: [UInt8] {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(content.count + 8)
      append(to: &bytes)
      return bytes
    }

    /// Whether Postfix may have cut the field, which it does at 60,000 bytes.
    ///
    /// You can remove such a field, but not move or change it.
    public var mayBeCut: Bool { content.count + 1 > MTATraits.largestField - Self.cutPiece }

    /// Postfix leaves out a whole line if its first piece does not fit.
    private static let cutPiece = 2 * MTAHeader.pieceSize

    /// Whether the field has this name, regardless of case and of white space before the colon.
    public func isNamed(_ name: String) -> Bool {
      var name = name
      return name.withUTF8 { Self.areSame(rawName.trimmed, $0) }
    }

    func isNamed(_ name: ArraySlice<UInt8>) -> Bool { Self.areSame(rawName, name) }

    var rawName: ArraySlice<UInt8> { content.prefix(nameCount) }

    /// The bytes after the colon, as an MTA sends them that keeps the leading space.
    var wireValue: ArraySlice<UInt8> { content.dropFirst(nameCount) }

    func hasContent(of other: Self) -> Bool {
      nameCount == other.nameCount && content.elementsEqual(other.content)
    }

    func append(to bytes: inout [UInt8]) {
      bytes += rawName
      bytes.append(UInt8(ascii: ":"))
      let value = wireValue
      if value.contains(0x0A) {
        for byte in value {
          if byte == 0x0A, bytes.last != 0x0D { bytes.append(0x0D) }
          bytes.append(byte)
        }
      } else {
        bytes += value
      }
      bytes += [0x0D, 0x0A]
    }

    private static func trimmed(_ text: String) -> String {
      let isSpace = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\t" }
      let rest = text.unicodeScalars.drop(while: isSpace)
      let end = rest.lastIndex { !isSpace($0) }
      return end.map { String(rest[...$0]) } ?? ""
    }

    private static func areSame(
      _ one: some Collection<UInt8>, _ other: some Collection<UInt8>
    ) -> Bool {
      one.count == other.count
        && zip(one, other).allSatisfy { $0 == $1 || $0.lowercased == $1.lowercased }
    }
  }
}

extension UInt8 {
  /// The byte, in lower case if it is a capital letter of ASCII.
  var lowercased: UInt8 {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self ? self | 0x20 : self
  }
}

extension MilterMessage.Field: CustomStringConvertible {
  /// The field on one line.
  public var description: String { "\(name): \(value)" }
}
