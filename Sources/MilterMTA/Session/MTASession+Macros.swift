import MilterCore

extension MTASession {
  /// The maximum number of bytes of a name, address, argument, or macro, as for SMTP lines.
  static let stringLimit = 2048

  /// Sends the macros of a step.
  mutating func sendMacros(before step: MTAStep) {
    if let relayed {
      guard let stage = step.stage else { return }
      let lists = profile.dialect == .complete ? negotiated?.macroLists ?? [] : []
      return relayed.write(before: stage, lists, to: &writer)
    }
    guard profile.macros.lists[step.callback] != nil || step.stage != nil else { return }
    var size = 1
    let macros = names(before: step).compactMap { name in
      value(of: name, before: step).map { MilterMacro(name: wire(name), value: wire($0)) }
    }.prefix { macro in
      size += macro.name.count + (macro.value?.count ?? 0) + 2
      return size <= WireLimits.payload64K
    }
    let isSentEmpty =
      profile.macros.sendsEmptyPackets && profile.macros.lists[step.callback] != nil
      && requested(before: step)?.isEmpty != true
    guard !macros.isEmpty || isSentEmpty else { return }
    MTACommand.macro(step.code.rawValue, Array(macros)).write(to: &writer)
    current?.macros = Array(macros)
  }

  /// Returns bytes in a form that is allowed in a C string of a packet.
  func wire(_ bytes: [UInt8], limit: Int = stringLimit) -> [UInt8] {
    // Nearly all bytes are allowed.
    if bytes.count <= limit, !bytes.contains(0) { return bytes }
    return Array(bytes.lazy.filter { $0 != 0 }.prefix(limit))
  }

  /// Returns the list that the filter has requested; `nil` if it has requested none, or if the MTA ignores the list.
  func requested(before step: MTAStep) -> [UInt8]? {
    guard let stage = step.stage, profile.dialect == .complete else { return nil }
    let list = negotiated?.macroLists.last { $0.stage == stage }?.macros
    return list?.isEmpty == true && profile.macros.ignoresEmptyLists ? nil : list
  }

  private func names(before step: MTAStep) -> [[UInt8]] {
    if let list = requested(before: step) { return MTAMacros.names(list) }
    return MTAMacros.names((profile.macros.lists[step.callback] ?? "").utf8)
  }

  private func value(of name: [UInt8], before step: MTAStep) -> [UInt8]? {
    let text = String(decoding: name, as: UTF8.self)
    guard isKnown(text, before: step) else { return nil }
    if let set = macros.values[name] { return set }
    let path = transaction?.mail.envelope.sender
    let recipient = transaction?.mail.envelope.recipients.last
    switch text {
    case "i": return Array(queueID.utf8)
    case "_":
      let literal = "[\(client.addressText)]"
      return client.host == Array(literal.utf8)
        ? client.host : client.host + Array(" \(literal)".utf8)
    case "{client_name}", "{client_ptr}": return client.host
    case "{client_addr}": return Array(client.addressText.utf8)
    case "{client_port}": return Array("\(client.address?.port ?? 0)".utf8)
    case "{mail_addr}": return path.map { cased($0.bareAddress) }
    case "{mail_host}": return path.map { host(of: $0) }
    case "{mail_mailer}": return path.map { mailer(for: $0) }
    case "{msg_id}": return transaction?.mail.message.value(of: "Message-ID").map(Self.unspaced)
    // For a recipient that the MTA itself refuses, this macro has the reason.
    case "{rcpt_addr}": return recipient.map { $0.refusal ?? cased($0.bareAddress) }
    case "{rcpt_host}": return recipient.map { $0.refusal.map(Self.enhancedCode) ?? host(of: $0) }
    case "{rcpt_mailer}":
      return recipient.map { $0.refusal == nil ? mailer(for: $0) : Array("error".utf8) }
    default: return profile.macros.values[text].map { Array($0.utf8) }
    }
  }

  /// The queue ID: `4TRY000000`, and so on.
  var queueID: String {
    let number = String(max(messageCount - 1, 0))
    return "4TRY" + String(repeating: "0", count: max(0, 6 - number.count)) + number
  }

  /// No MTA knows a queue ID before MAIL, or a header field before the header.
  private func isKnown(_ name: String, before step: MTAStep) -> Bool {
    switch name {
    case "i":
      guard let transaction else { return false }
      return !profile.macros.queueIDNeedsRecipient || transaction.hasQueueFile
    case "{msg_id}": return step == .eoh || step == .eom
    case "{rcpt_addr}", "{rcpt_host}", "{rcpt_mailer}":
      return !profile.macros.forgetsRecipients || step.callback == .envrcpt
    default: return true
    }
  }

  private func host(of path: MTAEnvelope.Path) -> [UInt8] {
    let host = path.host
    if host.isEmpty {
      return Array((profile.macros.nullSenderIsLocal ? "" : profile.macros.values["j"] ?? "").utf8)
    }
    return profile.macros.hostsEndWithDot ? host + [UInt8(ascii: ".")] : host
  }

  private func mailer(for path: MTAEnvelope.Path) -> [UInt8] {
    let isLocal = path.host.isEmpty && profile.macros.nullSenderIsLocal
    return Array((isLocal ? "local" : profile.macros.mailer).utf8)
  }

  private func cased(_ address: [UInt8]) -> [UInt8] {
    profile.macros.lowercasesAddresses ? address.map(\.asciiLowercased) : address
  }

  private static func unspaced(_ value: [UInt8]) -> [UInt8] {
    value.filter { !(0x00...0x20 ~= $0) }
  }

  private static func enhancedCode(_ reply: [UInt8]) -> [UInt8] {
    let words = reply.split(separator: 0x20)
    guard words.count > 1, words[1].contains(UInt8(ascii: ".")) else { return Array("5.0.0".utf8) }
    return Array(words[1])
  }
}
