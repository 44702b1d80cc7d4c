/// A checked SMTP reply of a filter.
///
/// The reply may have what `smfi_setreply` and `smfi_setmlreply` allow: a code of class 4 or 5, an enhanced
/// status code, and up to 32 lines of up to 980 bytes without CR, LF, and NUL. On the wire:
///
/// ```
/// y 550-5.7.1 first line CR LF 550 5.7.1 second line NUL
/// ```
public struct MilterReply: Hashable, Sendable {
  /// The reply's class: 4 for ``MilterStatus/tempfail``, 5 for ``MilterStatus/reject``.
  public let replyClass: Int
  /// The whole reply for the MTA, with CR LF between lines.
  public let text: [UInt8]

  /// Creates a reply of one line.
  ///
  /// The corresponding libmilter function is `smfi_setreply`.
  /// - Parameters:
  ///   - code: Three digits, the first of which is 4 or 5 (RFC 5321).
  ///   - extended: An enhanced status code (RFC 2034) such as `5.7.1`; `nil` for none.
  ///   - text: At most 980 bytes; `nil` for none.
  /// - Throws: ``MilterError/Code/invalidReply`` if an argument is not valid.
  public init(_ code: String, _ extended: String?, text: [UInt8]?) throws(MilterError) {
    replyClass = try Self.checked(code: code)
    if let extended { try Self.check(extended: extended) }
    if let text { try Self.check(line: text, number: 1) }
    // The space after the code is always present. The others are present only if they separate two parts.
    var bytes = Array("\(code) \(extended ?? "")".utf8)
    if let text {
      if extended != nil { bytes.append(UInt8(ascii: " ")) }
      bytes += text
    }
    self.text = bytes
  }

  /// Creates a reply of several lines.
  ///
  /// The corresponding libmilter function is `smfi_setmlreply`.
  /// - Parameters:
  ///   - code: Three digits, the first of which is 4 or 5.
  ///   - extended: An enhanced status code; `nil` for `4.0.0` or `5.0.0`.
  ///   - lines: 1 to 32 lines of at most 980 bytes. libmilter also accepts no lines, and sends an incomplete
  ///     reply.
  /// - Throws: ``MilterError/Code/invalidReply`` if an argument is not valid.
  public init(_ code: String, _ extended: String?, lines: [[UInt8]]) throws(MilterError) {
    replyClass = try Self.checked(code: code)
    if let extended { try Self.check(extended: extended) }
    guard 1...WireLimits.replyLines ~= lines.count else {
      throw MilterError(
        .invalidReply,
        "a reply has 1 to \(WireLimits.replyLines) lines, not \(lines.count)")
    }
    let status = extended ?? "\(replyClass).0.0"
    var bytes: [UInt8] = []
    for (index, line) in lines.enumerated() {
      try Self.check(line: line, number: index + 1)
      let isLast = index == lines.count - 1
      bytes += Array("\(code)\(isLast ? " " : "-")\(status) ".utf8) + line
      if !isLast { bytes += [0x0D, 0x0A] }
    }
    text = bytes
  }

  /// Creates a reply from the text of another filter's reply; `nil` if its code does not have the class 4 or 5.
  package init?(relaying text: [UInt8]) {
    guard let digit = text.first, digit == UInt8(ascii: "4") || digit == UInt8(ascii: "5"),
      !text.contains(0)
    else { return nil }
    replyClass = Int(digit - UInt8(ascii: "0"))
    self.text = text
  }

  /// A description of the difference between the classes of status code and reply code; `nil` if they are
  /// equal.
  ///
  /// libmilter and Sendmail accept such replies, and so do this type's initializers. Postfix treats a digit
  /// after the code as a status code, even if it is not one.
  package var classDifference: String? {
    Self.classDifference(text)
  }

  /// Describes the difference between the classes of status code and reply code in a reply's text; `nil` if
  /// they are equal.
  package static func classDifference(_ text: some Collection<UInt8>) -> String? {
    guard let code = text.first, isDigit(code), let digit = text.dropFirst(4).first,
      isDigit(digit), digit != code
    else { return nil }
    let (codeClass, other) = (Unicode.Scalar(code), Unicode.Scalar(digit))
    return text.dropFirst(5).first == UInt8(ascii: ".")
      ? "the reply code is of class \(codeClass), its enhanced status code of class \(other)"
      : "the reply code is of class \(codeClass), but its text begins with \(other)"
  }

  private static func checked(code: String) throws(MilterError) -> Int {
    let digits = Array(code.utf8)
    guard digits.count == 3, digits.allSatisfy(isDigit), let first = digits.first,
      first == UInt8(ascii: "4") || first == UInt8(ascii: "5")
    else {
      throw MilterError(
        .invalidReply, "the reply code \"\(code)\" is not three digits of class 4 or 5")
    }
    return Int(first - UInt8(ascii: "0"))
  }

  private static func check(extended: String) throws(MilterError) {
    let parts = extended.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isLegal =
      parts.count == 3 && ["2", "4", "5"].contains(String(parts[0]) ?? "")
      && parts.dropFirst().allSatisfy { 1...3 ~= $0.count && $0.allSatisfy(isDigit) }
    guard isLegal else {
      throw MilterError(
        .invalidReply,
        "the enhanced status code \"\(extended)\" is not of the form 5.7.1, class 2, 4 or 5")
    }
  }

  private static func check(line: [UInt8], number: Int) throws(MilterError) {
    guard line.count <= WireLimits.replyLine else {
      throw MilterError(
        .invalidReply,
        "line \(number) of the reply has \(line.count) bytes, more than \(WireLimits.replyLine)")
    }
    guard !line.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) else {
      throw MilterError(
        .invalidReply,
        "line \(number) of the reply contains CR, LF or NUL; use setmlreply for several lines")
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
  }
}
