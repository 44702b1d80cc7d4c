/// Determines from the header fields of a part whether programs divide it in different ways.
struct MIMEDivision {
  private let headers: MailHeaders
  private let type: MIMEContentType

  /// - Parameters:
  ///   - headers: The part's header fields.
  ///   - type: The part's type.
  init(_ headers: MailHeaders, _ type: MIMEContentType) {
    self.headers = headers
    self.type = type
  }

  /// Whether another program might find other parts.
  var isAmbiguous: Bool {
    let values = headers.all("Content-Type").map { Array(MailHeaders.unfold($0.rawValue).trimmed) }
    guard Set(values).count <= 1 else { return true }
    switch type.type {
    case "multipart": return values.first.map { !hasOneBoundary($0) } ?? true
    case "message":
      return !Self.reports.contains(type.subtype)
        && !(type.subtype == "rfc822" && encodings.allSatisfy(\.isIdentity))
    default: return values.first.map(isTakenForComposite) ?? false
    }
  }

  /// Messages in the sense of RFC 2046 that are lists of fields, and have no parts.
  private static let reports: Set<String> = [
    "delivery-status", "disposition-notification", "feedback-report", "global-delivery-status",
    "global-disposition-notification", "global-headers", "tracking-status",
  ]

  private var encodings: [MIMETransferEncoding] {
    headers.all("Content-Transfer-Encoding").map { MIMETransferEncoding($0.rawValue) }
  }

  /// Whether all programs find one boundary, and the same one.
  private func hasOneBoundary(_ value: [UInt8]) -> Bool {
    let readings = Set(
      type.parameters.readings(of: "boundary")
        + MIMEParameters.naiveReadings(of: "boundary", in: value))
    guard readings.count == 1, let boundary = type.parameters["boundary"]?.utf8,
      let last = boundary.last
    else { return false }
    // Programs differ in whether they remove white space at the end, and convert bytes that are not ASCII.
    return last != ASCII.space
      && boundary.allSatisfy { ASCII.isPrintable($0) && $0 != UInt8(ascii: "\"") }
  }

  /// Whether a less strict program might treat a part without subparts as one with subparts.
  private func isTakenForComposite(_ value: [UInt8]) -> Bool {
    let isReadable = MIMEContentType(value) != nil
    let text = String(
      decoding: value.prefix { !isReadable || $0 != UInt8(ascii: ";") }.map(ASCII.lowercased),
      as: UTF8.self)
    return ["multipart", "message/"].contains { text.firstRange(of: $0) != nil }
  }
}
