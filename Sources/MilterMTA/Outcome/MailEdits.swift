import MilterCore

/// A message and envelope while a filter's changes are carried out.
///
/// They are carried out one after the other as by Postfix: each sees what those before it did.
struct MailEdits: Sendable {
  private var mail: MTAMail
  /// The headers, with nil for the MTA's own `Received`.
  ///
  /// Filters are not shown that one, but the positions of `insheader` count it: 0 is above it, 1
  /// below.
  private var headers: [MTAHeader?]
  private var newBody: [UInt8]?
  /// Whether header values come with the space behind the colon.
  private let leadingSpace: Bool

  init(_ mail: MTAMail, leadingSpace: Bool) {
    self.mail = mail
    self.leadingSpace = leadingSpace
    headers = [nil] + mail.message.headers
  }

  /// The message and envelope as they are now.
  var result: MTAMail {
    var result = mail
    result.message.headers = headers.compactMap { $0 }
    if let newBody { result.message.body = newBody }
    return result
  }

  /// Carries out a change; says what is odd about it.
  mutating func apply(_ action: FilterReply) -> String? {
    switch action {
    case .addheader(let name, let value): headers.append(header(name, value))
    case .insheader(let index, let name, let value):
      headers.insert(header(name, value), at: min(Int(clamping: index), headers.count))
    case .chgheader(let index, let name, let value):
      return chgheader(Int(clamping: index), name, value)
    case .chgfrom(let address, let arguments):
      mail.envelope.sender = .init(address, arguments: .init(arguments))
    case .addrcpt(let address): addrcpt(.init(address))
    case .addrcptPar(let address, let arguments):
      addrcpt(.init(address, arguments: .init(arguments)))
    case .delrcpt(let address): return delrcpt(address)
    case .replacebody(let chunk):
      newBody = newBody ?? []
      newBody? += chunk
    case .quarantine, .negotiate, .continue, .accept, .reject, .tempfail, .discard, .skip,
      .replycode, .progress, .shutdown, .connectionFailure:
      break
    }
    return nil
  }

  private func header(_ name: [UInt8], _ value: [UInt8]) -> MTAHeader {
    MTAHeader(name: name, wireValue: value, leadingSpace: leadingSpace)
  }

  private mutating func chgheader(_ index: Int, _ name: [UInt8], _ value: [UInt8]) -> String? {
    var left = max(index, 1)
    let place = headers.firstIndex { header in
      guard let header, header.isNamed(name) else { return false }
      left -= 1
      return left == 0
    }
    switch (place, value.isEmpty) {
    case (let place?, true): headers.remove(at: place)
    case (let place?, false): headers[place] = header(name, value)
    case (nil, false): headers.append(header(name, value))
    case (nil, true):
      return "chgheader: there is no header \(Text.escaped(name)) number \(index) to delete"
    }
    return nil
  }

  private mutating func addrcpt(_ path: MTAEnvelope.Path) {
    guard !mail.envelope.recipients.contains(where: { $0.address == path.address }) else { return }
    mail.envelope.recipients.append(path)
  }

  private mutating func delrcpt(_ address: [UInt8]) -> String? {
    let count = mail.envelope.recipients.count
    let bare = MTAEnvelope.Path.bare(address)
    mail.envelope.recipients.removeAll { $0.bareAddress == bare }
    guard mail.envelope.recipients.count == count else { return nil }
    return "delrcpt: \(Text.escaped(address)) is none of the recipients"
  }
}

extension [[UInt8]] {
  /// The words of ESMTP arguments as filters send them; none for nil.
  fileprivate init(_ arguments: [UInt8]?) {
    self = MTAEnvelope.Path.split(arguments ?? [])
  }
}
