/// An SMTP reply that a filter chose itself, checked.
///
/// What may be in it is what `smfi_setreply` and `smfi_setmlreply` take: a code of class 4 or 5, an
/// enhanced status code, up to 32 lines of up to 980 bytes without CR, LF and NUL. On the wire:
///
/// ```
/// y 550-5.7.1 first line CR LF 550 5.7.1 second line NUL
/// ```
public struct MilterReply: Hashable, Sendable {
  /// The reply's class: 4 fits ``MilterStatus/tempfail``, 5 fits ``MilterStatus/reject``.
  public let replyClass: Int
  /// The whole reply as the MTA gets it, lines separated by CR LF.
  public let text: [UInt8]

  /// Makes a reply of one line.
  ///
  /// The corresponding libmilter function is `smfi_setreply`.
  /// - Parameters:
  ///   - code: three digits, the first 4 or 5 (RFC 5321).
  ///   - extended: an enhanced status code (RFC 2034) such as `5.7.1`; nil leaves it out.
  ///   - text: at most 980 bytes; nil leaves it out.
  /// - Throws: ``MilterError/Code/invalidReply``.
  public init(_ code: String, _ extended: String?, text: [UInt8]?) throws(MilterError) {
    replyClass = try Self.checked(code: code)
    if let extended { try Self.check(extended: extended) }
    if let text { try Self.check(line: text, number: 1) }
    // The space after the code is always there. The others are there only with what they separate.
    var bytes = Array("\(code) \(extended ?? "")".utf8)
    if let text {
      if extended != nil { bytes.append(UInt8(ascii: " ")) }
      bytes += text
    }
    self.text = bytes
  }

  /// Makes a reply of several lines.
  ///
  /// The corresponding libmilter function is `smfi_setmlreply`.
  /// - Parameters:
  ///   - code: three digits, the first 4 or 5.
  ///   - extended: an enhanced status code; nil means `4.0.0` or `5.0.0`.
  ///   - lines: 1 to 32 lines of at most 980 bytes. libmilter also takes none, and sends half a
  ///     reply.
  /// - Throws: ``MilterError/Code/invalidReply``.
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

  /// Makes a reply of one that another filter has sent; nil if its code is not of class 4 or 5.
  package init?(relaying text: [UInt8]) {
    guard let digit = text.first, digit == UInt8(ascii: "4") || digit == UInt8(ascii: "5"),
      !text.contains(0)
    else { return nil }
    replyClass = Int(digit - UInt8(ascii: "0"))
    self.text = text
  }

  /// How the class of the status code differs from that of the reply code; nil if it does not.
  ///
  /// libmilter lets such replies pass, and so do Sendmail and this type's initializers. Postfix
  /// takes a digit after the code for a status code, whether it is one or not.
  package var classDifference: String? {
    Self.classDifference(text)
  }

  /// How the class of the status code in a reply's text differs from that of the reply code.
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
