public import MilterCore

/// The macros an MTA knows, and which of them it sends where.
///
/// Names are as on the wire: one letter, or more in braces. What depends on the command at hand is
/// known without being set: `{mail_addr}`, `{mail_host}`, `{mail_mailer}`, `{rcpt_addr}`,
/// `{rcpt_host}`, `{rcpt_mailer}`.
public struct MTAMacros: Hashable, Sendable {
  /// The values, by name.
  public private(set) var values: [[UInt8]: [UInt8]] = [:]
  /// The names sent at each stage unless the filter asks for others with `setsymlist`.
  ///
  /// At first these are Sendmail's and Postfix's together; names without a value are not sent.
  public var lists: [MilterStage: [[UInt8]]] = [
    .connect: names(
      "j _ v {daemon_name} {daemon_addr} {daemon_port} {if_name} {if_addr} "
        + "{client_addr} {client_name} {client_port} {client_ptr}"),
    .helo: names("{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}"),
    .envfrom: names(
      "i {auth_type} {auth_authen} {auth_ssf} {auth_author} "
        + "{mail_mailer} {mail_host} {mail_addr}"),
    .envrcpt: names("i {rcpt_mailer} {rcpt_host} {rcpt_addr}"),
    .data: names("i"),
    .eoh: names("i"),
    .eom: names("i {msg_id}"),
  ]

  /// Makes macros without any value.
  public init() {}

  /// Makes the macros of an MTA `mx.example.org` for a client; the queue id `i` is `4TRY000000`.
  public init(host: String, address: MilterAddress?) {
    let text = address?.text ?? "unknown"
    let known: KeyValuePairs = [
      "j": "mx.example.org", "v": "swift-milter", "_": "\(host) [\(text)]", "i": "4TRY000000",
      "{daemon_name}": "mx.example.org", "{daemon_addr}": "192.0.2.1", "{daemon_port}": "25",
      "{if_name}": "mx.example.org", "{if_addr}": "192.0.2.1", "{client_addr}": text,
      "{client_name}": host, "{client_ptr}": host, "{client_port}": "\(address?.port ?? 0)",
    ]
    for (name, value) in known { set(name, Array(value.utf8)) }
  }

  /// Gives a macro a value; nil takes it away.
  public mutating func set(_ name: String, _ value: [UInt8]?) {
    values[Self.canonical(Array(name.utf8))] = value
  }

  /// The macro's value as text; braces around one letter do not matter.
  public subscript(_ name: String) -> String? {
    get { values[Self.canonical(Array(name.utf8))].map { String(decoding: $0, as: UTF8.self) } }
    set { set(name, newValue.map { Array($0.utf8) }) }
  }

  /// What is sent at a stage.
  ///
  /// - Parameters:
  ///   - stage: the stage.
  ///   - requested: the list of names the filter asked for; nil if it did not.
  ///   - sender: of the message under way.
  ///   - recipient: the last one.
  /// - Returns: the macros that have a value there, in the order of the list.
  func macros(
    at stage: MilterStage, requested: [UInt8]?, sender: MTAEnvelope.Path,
    recipient: MTAEnvelope.Path?
  ) -> [MilterMacro] {
    let wanted = requested.map(Self.names) ?? lists[stage] ?? []
    return wanted.compactMap { name in
      guard Self.isKnown(name, at: stage),
        let value = values[name] ?? Self.value(name, sender, recipient)
      else { return nil }
      return MilterMacro(name: name, value: value)
    }
  }

  private static let order: [MilterStage] = [
    .connect, .helo, .envfrom, .envrcpt, .data, .eoh, .eom,
  ]

  /// No MTA knows a queue id before MAIL, or a header before the headers.
  private static func isKnown(_ name: [UInt8], at stage: MilterStage) -> Bool {
    let first: MilterStage =
      switch String(decoding: name, as: UTF8.self) {
      case "i", "{mail_addr}", "{mail_host}", "{mail_mailer}": .envfrom
      case "{msg_id}": .eoh
      default: .connect
      }
    return (order.firstIndex(of: stage) ?? 0) >= (order.firstIndex(of: first) ?? 0)
  }

  private static func value(
    _ name: [UInt8], _ sender: MTAEnvelope.Path, _ recipient: MTAEnvelope.Path?
  ) -> [UInt8]? {
    let esmtp = Array("esmtp".utf8)
    switch String(decoding: name, as: UTF8.self) {
    case "{mail_addr}": return sender.bareAddress
    case "{mail_host}": return sender.host
    case "{mail_mailer}": return sender.host.isEmpty ? Array("local".utf8) : esmtp
    // For a recipient it refuses itself, the MTA puts the reason here.
    case "{rcpt_addr}": return recipient.map { $0.refusal ?? $0.bareAddress }
    case "{rcpt_host}": return recipient.map { $0.refusal.map(enhancedCode) ?? $0.host }
    case "{rcpt_mailer}": return recipient.map { $0.refusal == nil ? esmtp : Array("error".utf8) }
    default: return nil
    }
  }

  private static func enhancedCode(_ reply: [UInt8]) -> [UInt8] {
    let words = reply.split(separator: 0x20)
    guard words.count > 1, words[1].contains(UInt8(ascii: ".")) else { return Array("5.0.0".utf8) }
    return Array(words[1])
  }

  private static func names(_ list: String) -> [[UInt8]] { names(Array(list.utf8)) }

  /// The names in a list; MTAs take blanks and commas between them.
  private static func names(_ list: [UInt8]) -> [[UInt8]] {
    list.split { $0 <= 0x20 || $0 == UInt8(ascii: ",") }.map { canonical(Array($0)) }
  }

  private static func canonical(_ name: [UInt8]) -> [UInt8] {
    let isBraced = name.first == UInt8(ascii: "{") && name.last == UInt8(ascii: "}")
    return isBraced && name.count == 3 ? [name[1]] : name
  }
}
