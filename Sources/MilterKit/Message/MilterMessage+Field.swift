public import MilterCore
public import MilterMail

extension MilterMessage {
  /// A header field of a message.
  ///
  /// ```
  /// Subject: a long CR LF   subject CR LF
  /// name   separator └─ rawValue, here `a long LF   subject` ─┘
  /// ```
  ///
  /// A field has an identity: it remains the same field of its message when it is moved or gets another
  /// value, and differs from other fields with equal content.
  public struct Field: Sendable {
    /// The number of the field in its message: its place on arrival, or a higher number for a new field.
    ///
    /// Negative for a field that belongs to no message yet.
    var id: Int
    /// The name and, at once after it, what follows the colon.
    let content: ArraySlice<UInt8>
    let nameCount: Int

    init(id: Int, content: ArraySlice<UInt8>, nameCount: Int) {
      self.id = id
      self.content = content
      self.nameCount = nameCount
    }

    /// Makes a field of text.
    ///
    /// Text that is not ASCII is written in encoded words (RFC 2047), and long text is folded.
    /// - Parameters:
    ///   - name: the name: printable ASCII without colon.
    ///   - text: the text, one line.
    /// - Throws: ``/MilterCore/MilterError`` if the name or the text cannot be written that way, or the
    ///   field is larger than 60,000 bytes.
    public init(_ name: String, _ text: String) throws(MilterError) {
      let value = try FieldText.value(text, name: name)
      try self.init(name, rawValue: value)
    }

    /// Makes a field of bytes, which are written as they are.
    ///
    /// - Parameters:
    ///   - name: the name: printable ASCII without colon.
    ///   - rawValue: the value. LF or CR LF are allowed where the next line begins with a space or tab.
    ///   - separator: what stands between name and value: `": "`, or `":"` before a value that is not
    ///     empty.
    /// - Throws: ``/MilterCore/MilterError`` if a field cannot be written that way, or is larger than
    ///   60,000 bytes: Postfix would cut it.
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
          .invalidArgument, "header field: MTAs take an empty value for a deletion; use \": \"")
      }
      guard text.name.count + 1 + value.count <= MTATraits.largestField else {
        throw MilterError(
          .invalidArgument,
          "header field: it is larger than \(MTATraits.largestField) bytes, and Postfix would cut it"
        )
      }
      self.init(id: -1, content: (text.name + value)[...], nameCount: text.name.count)
    }

    /// Makes a field of addresses, such as `To`, folded.
    ///
    /// - Parameters:
    ///   - name: the name: printable ASCII without colon.
    ///   - addresses: the addresses; names that are not ASCII are written in encoded words (RFC 2047).
    /// - Throws: ``/MilterCore/MilterError`` if the name cannot be written, the field is larger than 60,000
    ///   bytes, or there is no address; ``/MilterMail/MailSyntaxError`` if an address cannot be written.
    public init(_ name: String, _ addresses: MailAddressList) throws {
      guard !addresses.items.isEmpty else {
        throw MilterError(.invalidArgument, "\(name): a field must have an address")
      }
      try self.init(
        name, rawValue: try addresses.encoded(column: name.utf8.count + 2).utf8)
    }

    /// Makes a field of a date, such as `Date`.
    ///
    /// - Parameters:
    ///   - name: the name: printable ASCII without colon.
    ///   - date: the date.
    /// - Throws: ``/MilterCore/MilterError`` if the name cannot be written.
    public init(_ name: String, _ date: MailDate) throws(MilterError) {
      try self.init(name, rawValue: date.description.utf8)
    }

    /// The characters between the name and the value of a field.
    public enum Separator: String, Hashable, Sendable {
      /// A colon and a space.
      case colonSpace = ": "
      /// A colon alone.
      case colon = ":"
    }

    /// The name, in the sender's spelling.
    public var name: String { String(decoding: rawName, as: UTF8.self) }

    /// The characters between the name and ``rawValue``.
    public var separator: Separator { wireValue.first == 0x20 ? .colonSpace : .colon }

    /// The value's bytes, without the space after the colon; folded lines are separated by LF.
    public var rawValue: [UInt8] {
      Array(wireValue.first == 0x20 ? wireValue.dropFirst() : wireValue)
    }

    /// The value on one line, without space at its ends; what is not UTF-8 shows as U+FFFD.
    public var value: String {
      Self.trimmed(String(decoding: MailHeaders.unfold(rawValue), as: UTF8.self))
    }

    /// The value as a reader sees it: on one line, its encoded words (RFC 2047) decoded.
    ///
    /// Control characters, which encoded words can hold, show as spaces, so that the text can be given
    /// back to a field.
    public var text: String {
      let text = EncodedWord.decode(MailHeaders.unfold(rawValue))
      guard text.unicodeScalars.contains(where: FieldText.isControl) else {
        return Self.trimmed(text)
      }
      let scalars = text.unicodeScalars.map { FieldText.isControl($0) ? " " : $0 }
      return Self.trimmed(String(String.UnicodeScalarView(scalars)))
    }

    /// The addresses, of a field such as `From` or `Cc`.
    ///
    /// - Throws: ``/MilterMail/MailSyntaxError`` if the value cannot be read in one way only.
    public var addresses: MailAddressList {
      get throws(MailSyntaxError) { try MailAddressList(rawValue) }
    }

    /// The date, of a field such as `Date`; `nil` if the value is not a date.
    public var date: MailDate? { MailDate(rawValue) }

    /// The field exactly as it stands in the message, with its line ends: `Subject: one\r\n`.
    public var bytes: [UInt8] {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(content.count + 8)
      append(to: &bytes)
      return bytes
    }

    /// Whether Postfix may have cut the field, which it does at 60,000 bytes.
    ///
    /// Such a field can be removed. It is never written back: neither moved nor changed.
    public var mayBeCut: Bool { content.count + 1 > MTATraits.largestField - Self.cutPiece }

    /// Postfix leaves out a whole line whose first piece does not fit, and a piece has 2,048 bytes.
    private static let cutPiece = 2 * 2048

    /// Whether the field has this name, in any case, with or without white space before the colon.
    public func isNamed(_ name: String) -> Bool {
      var name = name
      return name.withUTF8 { Self.areSame(rawName.trimmed, $0) }
    }

    func isNamed(_ name: ArraySlice<UInt8>) -> Bool { Self.areSame(rawName, name) }

    var rawName: ArraySlice<UInt8> { content.prefix(nameCount) }

    /// The bytes after the colon: the value as shown by an MTA that keeps the leading space.
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
  /// The byte, a capital letter of ASCII turned into a small one.
  var lowercased: UInt8 {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self ? self | 0x20 : self
  }
}

extension MilterMessage.Field: CustomStringConvertible {
  /// The field on one line.
  public var description: String { "\(name): \(value)" }
}
