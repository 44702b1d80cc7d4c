import MilterMail

/// Reads every header field as each kind of value, and checks that a value that is written and read
/// again is the same.
enum FieldCheck {
  static func check(_ message: [UInt8]) {
    let headers = MailHeaders(parsing: message)
    for field in headers {
      require(
        message[field.range].count >= field.rawValue.count, "a value is longer than its field")
      check(value: field.rawValue)
    }
    let forgeries = AuthenticationResults.forgeries(
      in: headers, of: ["example.org", "bücher.example"])
    require(
      forgeries == forgeries.sorted(by: >), "fields are not deleted from the last to the first")
  }

  private static func check(value: [UInt8]) {
    _ = EncodedWord.decode(value)
    if let list = try? MailAddressList(value), let text = try? list.encoded() {
      require(
        (try? MailAddressList(text)) == list, "an address list is written as another: \(text)")
      for mailbox in list.mailboxes { check(domain: mailbox.address.domain) }
    }
    if let date = MailDate(value) {
      require(MailDate("\(date)") == date, "a date is written as another: \(date)")
    }
    if let results = try? AuthenticationResults(value), let text = try? results.encoded() {
      require(
        (try? AuthenticationResults(text)) == results, "results are written as others: \(text)")
    }
    if let type = MIMEContentType(value) {
      check(type.parameters) { MIMEContentType("a/b\($0)")?.parameters }
    }
    if let disposition = MIMEContentDisposition(value) {
      check(disposition.parameters) { MIMEContentDisposition("a\($0)")?.parameters }
    }
    let parameters = ESMTPParameters(rawArguments: value.split(separator: 0x20).map(Array.init))
    require(
      parameters.rawArguments.joined(separator: [0x20]).elementsEqual(
        value.split(separator: 0x20).joined(separator: [0x20])), "a parameter is not kept")
    check(parameters)
  }

  private static func check(_ parameters: MIMEParameters, _ read: (String) -> MIMEParameters?) {
    let text = String(MIMEContentType("a", "b", parameters).encoded().dropFirst(3))
    let written = parameters.all.filter { name, _ in
      !name.isEmpty && name.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D }
    }
    let again = read(text)
    for (name, value) in written {
      require(again?[name] == value, "a parameter is written as another: \(text)")
    }
  }

  private static func check(_ parameters: ESMTPParameters) {
    var copy = parameters
    (copy.size, copy.body, copy.ret) = (parameters.size, parameters.body, parameters.ret)
    (copy.auth, copy.notify) = (parameters.auth, parameters.notify)
    (copy.envelopeID, copy.originalRecipient) = (
      parameters.envelopeID, parameters.originalRecipient
    )
    (copy.isSMTPUTF8, copy.requiresTLS) = (parameters.isSMTPUTF8, parameters.requiresTLS)
    require(
      copy.size == parameters.size && copy.body == parameters.body && copy.ret == parameters.ret
        && copy.notify == parameters.notify && copy.auth == parameters.auth
        && copy.originalRecipient == parameters.originalRecipient
        && copy.isSMTPUTF8 == parameters.isSMTPUTF8 && copy.requiresTLS == parameters.requiresTLS
        && (copy.envelopeID ?? "") == (parameters.envelopeID ?? ""),
      "a parameter is written as another: \(copy)")
  }

  private static func check(domain: String) {
    let one = MailDomain(domain)
    let other = MailDomain(domain.uppercased())
    require(one == MailDomain(domain) && one.isIn(one), "a domain is not itself: \(domain)")
    guard domain.utf8.allSatisfy({ $0 < 0x80 }) else { return }
    require(one == other && one.hashValue == other.hashValue, "case matters: \(domain)")
    if !one.isLiteral { require(one == MailDomain(domain + "."), "a dot matters: \(domain)") }
  }
}
