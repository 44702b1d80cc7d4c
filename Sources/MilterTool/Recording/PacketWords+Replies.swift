import MilterCore

extension PacketWords {
  /// Creates the words of a filter's reply.
  init(_ reply: FilterReply) {
    switch reply {
    case .negotiate(let answer): self.init(answer)
    case .continue, .accept, .reject, .tempfail, .discard, .skip, .progress, .shutdown,
      .connectionFailure:
      self.init("\(reply.code)")
    case .replycode(let text), .addrcpt(let text), .delrcpt(let text), .quarantine(let text):
      self.init("\(reply.code)", .quoted(text))
    case .addheader(let name, let value):
      self.init("addheader", .quoted(name), .quoted(value))
    case .insheader(let index, let name, let value), .chgheader(let index, let name, let value):
      self.init("\(reply.code)", .bare("\(index)"), .quoted(name), .quoted(value))
    case .chgfrom(let address, let arguments), .addrcptPar(let address, let arguments):
      let words = [address] + (arguments.map { [$0] } ?? [])
      self.init(words: [.bare("\(reply.code)")] + words.map(Word.quoted))
    case .replacebody(let chunk): self.init("replacebody", content: chunk)
    }
  }

  /// The reply of the words; `nil` if they are not a valid reply.
  var reply: FilterReply? {
    guard case .bare(let name)? = words.first else { return nil }
    var rest = WordReader(words.dropFirst())
    let reply: FilterReply?
    switch name {
    case "negotiate": reply = rest.negotiation().map { .negotiate($0) }
    case "continue": reply = .continue
    case "accept": reply = .accept
    case "reject": reply = .reject
    case "tempfail": reply = .tempfail
    case "discard": reply = .discard
    case "skip": reply = .skip
    case "progress": reply = .progress
    case "shutdown": reply = .shutdown
    case "connectionFailure": reply = .connectionFailure
    case "replycode": reply = rest.text().map { .replycode($0) }
    case "addrcpt": reply = rest.text().map { .addrcpt($0) }
    case "delrcpt": reply = rest.text().map { .delrcpt($0) }
    case "quarantine": reply = rest.text().map { .quarantine($0) }
    case "addheader": reply = rest.pair().map { .addheader(name: $0, value: $1) }
    case "insheader":
      reply = rest.numbered().map { .insheader(index: $0, name: $1, value: $2) }
    case "chgheader":
      reply = rest.numbered().map { .chgheader(index: $0, name: $1, value: $2) }
    case "chgfrom": reply = rest.address().map { .chgfrom($0, arguments: $1) }
    case "addrcptPar": reply = rest.address().map { .addrcptPar($0, arguments: $1) }
    case "replacebody": reply = .replacebody(content ?? [])
    default: reply = nil
    }
    return rest.isAtEnd ? reply : nil
  }
}

extension WordReader {
  fileprivate mutating func numbered() -> (UInt32, [UInt8], [UInt8])? {
    guard let index = bare().flatMap({ UInt32($0) }), let (name, value) = pair() else { return nil }
    return (index, name, value)
  }

  fileprivate mutating func address() -> ([UInt8], [UInt8]?)? {
    guard let address = text() else { return nil }
    return (address, text())
  }
}
