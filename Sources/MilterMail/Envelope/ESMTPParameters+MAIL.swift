/// Parameters of MAIL.
extension ESMTPParameters {
  /// `SIZE`: the number of bytes that the client expects the message to have (RFC 1870).
  public var size: UInt64? {
    get {
      // UInt64 would accept a sign.
      self["SIZE"]?.value.flatMap { $0.utf8.allSatisfy(ASCII.isDigit) ? UInt64($0) : nil }
    }
    set { set("SIZE", newValue.map { "\($0)" }) }
  }

  /// `BODY`: the kind of bytes that the message may have (RFC 6152, RFC 3030).
  public var body: ESMTPBody? {
    get { self["BODY"]?.value.flatMap { ESMTPBody(rawValue: $0.uppercased()) } }
    set { set("BODY", newValue?.rawValue) }
  }

  /// `SMTPUTF8`: whether addresses and header fields may be in UTF-8 (RFC 6531).
  public var isSMTPUTF8: Bool {
    get { self["SMTPUTF8"] != nil }
    set { set("SMTPUTF8", newValue) }
  }

  /// `REQUIRETLS`: whether the message must be sent only over TLS (RFC 8689).
  public var requiresTLS: Bool {
    get { self["REQUIRETLS"] != nil }
    set { set("REQUIRETLS", newValue) }
  }

  /// `RET`: the part of the message that a failure report returns (RFC 3461, section 4.3).
  public var ret: ESMTPReturn? {
    get { self["RET"]?.value.flatMap { ESMTPReturn(rawValue: $0.uppercased()) } }
    set { set("RET", newValue?.rawValue) }
  }

  /// `ENVID`: the client's identifier of the transaction, decoded (RFC 3461, section 4.4).
  ///
  /// An empty text removes the parameter, because a parameter must not have an empty value.
  public var envelopeID: String? {
    get {
      self["ENVID"]?.value.flatMap { XText.decode($0.utf8) }
        .flatMap { String(validating: $0, as: UTF8.self) }
    }
    set { set("ENVID", newValue.map { XText.encode($0.utf8) }) }
  }

  /// `AUTH`: the submitter of the message, according to the client (RFC 4954, section 5).
  public var auth: ESMTPAuth? {
    get { self["AUTH"]?.value.flatMap { ESMTPAuth($0) } }
    set { set("AUTH", newValue?.encoded) }
  }
}
