import MilterCore
import MilterMail

/// The SMTP client of a message, according to the data from the MTA; see ``ClientReporting/client``.
///
/// This is a value: it does not get data that the MTA sends later. With ``MilterBase/wantsClient``, the MTA
/// sends all data.
public struct MilterClientInfo: Sendable {
  /// The macros sent so far.
  private let symbols: MilterSymbols
  /// The values of connect and HELO; `nil` if the MTA does not send them to the filter.
  private let sent: (host: String?, address: MilterAddress?, helo: String?)

  init(_ symbols: MilterSymbols, host: String?, address: MilterAddress?, helo: String?) {
    self.symbols = symbols
    sent = (host, address, helo)
  }

  init(_ symbols: MilterSymbols, _ introduction: ClientIntroduction) {
    let origin = introduction.origin
    self.init(symbols, host: origin?.host, address: origin?.address, helo: introduction.helo)
  }

  /// The client's host name if its address resolves to the name and the name to the address; otherwise `nil`.
  public var name: String? {
    let name = text(.clientName) ?? sent.host ?? origin.name
    // If it knows no name, Sendmail sends the address in brackets, and Postfix "unknown".
    guard let name, !name.isEmpty, name != "unknown", !name.hasPrefix("["), !origin.isForged
    else { return nil }
    return name
  }

  /// The client's address; `nil` if the MTA does not know it, for example if a local program submits mail to
  /// Sendmail.
  public var address: MilterAddress? {
    if let address = sent.address { return address }
    guard let text = text(.clientAddr) ?? origin.address else { return nil }
    let address = String(AddressBits.withoutTag(text[...]))
    let port = text.isEmpty ? 0 : self.text(.clientPort).flatMap { UInt16($0) } ?? 0
    let parsed: MilterAddress =
      address.contains(":")
      ? .inet6(address: address, port: port) : .inet(address: address, port: port)
    return parsed.network(prefixLength: 32, ipv6PrefixLength: 128) == nil ? nil : parsed
  }

  /// The name that the client sent with HELO or EHLO; `nil` before that.
  public var helo: String? { sent.helo ?? (mta.kind == .sendmail ? text(.heloName) : nil) }

  /// Whether the client logged in with SMTP AUTH; known from `envfrom` on.
  public var isAuthenticated: Bool { user != nil || mechanism != nil }

  /// The user name of the client's login; `nil` without a login, and before `envfrom`.
  ///
  /// Sendmail encodes the name as xtext, which this property decodes.
  public var user: String? { decoded(.authAuthen) }

  /// The mechanism of the client's login, such as `PLAIN`; `nil` without a login.
  public var mechanism: String? { text(.authType) }

  /// Whether a program on the MTA's machine submits the message without a network connection: with Postfix's
  /// `sendmail` command, or with `sendmail -bs`.
  ///
  /// Sendmail's usual `sendmail` command passes the message to the daemon over loopback. Such a message
  /// looks like that of any SMTP client on the machine, and this property is `false`.
  public var isLocalSubmission: Bool {
    switch mta.kind {
    case .postfix:
      // cleanup(8) simulates this session, and knows no ports.
      sent.host == "localhost" && address == .inet(address: "127.0.0.1", port: 0)
        && daemonPort == nil
    case .sendmail: sent.host == "localhost" && address == nil
    case .other: false
    }
  }

  /// The encryption of the connection; `nil` if the client does not use TLS.
  ///
  /// Known after the HELO that follows STARTTLS, so read it in `envfrom` or later.
  public var tls: TLS? {
    guard let version = text(.tlsVersion) else { return nil }
    return TLS(
      version: version, cipher: text(.cipher), bits: text(.cipherBits).flatMap { Int($0) },
      certificateSubject: certificateSubject)
  }

  /// The encryption of a client's connection.
  public struct TLS: Hashable, Sendable {
    /// The protocol's version, such as `TLSv1.3`.
    public let version: String
    /// The cipher, such as `TLS_AES_256_GCM_SHA384`.
    public let cipher: String?
    /// The number of bits of the cipher's key.
    public let bits: Int?
    /// The subject of the client's certificate if the MTA has verified the certificate; otherwise `nil`.
    ///
    /// Sendmail sends the distinguished name, such as `/O=Example/CN=mx.example.org`, Postfix only the common
    /// name, such as `mx.example.org`.
    public let certificateSubject: String?

    /// Creates a value, for tests.
    public init(version: String, cipher: String?, bits: Int?, certificateSubject: String?) {
      self.version = version
      self.cipher = cipher
      self.bits = bits
      self.certificateSubject = certificateSubject
    }
  }

  /// The name of the MTA's daemon to which the client has connected.
  ///
  /// It is `Name` of Sendmail's `DAEMON_OPTIONS`, and Postfix's `milter_macro_daemon_name`.
  public var daemonName: String? { text(.daemonName) }

  /// The MTA's port to which the client has connected; `nil` for local submissions.
  public var daemonPort: UInt16? {
    // Postfix sends 0 for a local submission.
    text(.daemonPort).flatMap { UInt16($0) }.flatMap { $0 == 0 ? nil : $0 }
  }

  var mta: MTAIdentity { MTAIdentity(symbols) }

  private var certificateSubject: String? {
    // Postfix sends the subject only for trusted certificates.
    guard mta.kind != .sendmail || text(.verify) == "OK" else { return nil }
    return decoded(.certSubject)
  }

  private func text(_ macro: MilterMacroName) -> String? {
    guard let value = symbols[macro], !value.isEmpty else { return nil }
    return String(decoding: value, as: UTF8.self)
  }

  /// A value that Sendmail encodes as xtext.
  private func decoded(_ macro: MilterMacroName) -> String? {
    guard let value = symbols[macro], !value.isEmpty else { return nil }
    let bytes = mta.kind == .sendmail ? XText.decodeMacro(value) : value
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The macro `_`: `user@name [address] (may be forged)`.
  private var origin: (name: String?, address: String?, isForged: Bool) {
    guard let text = text(.client) else { return (nil, nil, false) }
    let words = text.split(separator: " ", maxSplits: 2).map(String.init)
    let bracketed = words.first { $0.hasPrefix("[") && $0.hasSuffix("]") }
    let name = words.first.map { $0.split(separator: "@").last.map(String.init) ?? $0 }
    return (
      name, bracketed.map { String($0.dropFirst().dropLast()) }, text.hasSuffix("(may be forged)")
    )
  }
}
