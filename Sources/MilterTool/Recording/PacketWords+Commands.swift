import MilterCore

extension PacketWords {
  /// Creates the words of an MTA's command.
  init(_ command: MTACommand) {
    switch command {
    case .negotiate(let offer): self.init(offer)
    case .macro(let owner, let macros):
      let command = MTACommandCode(rawValue: owner)?.description ?? "\(owner)"
      self.init(
        words: [.bare("macro"), .bare(command)]
          + macros.map { .macro(name: $0.name, value: $0.value) })
    case .connect(let host, let address):
      let words: [Word] =
        switch address {
        case nil: [.bare("unknown")]
        case .inet(let address, let port):
          [.bare("inet"), .quoted(Array(address.utf8)), .bare("\(port)")]
        case .inet6(let address, let port):
          [.bare("inet6"), .quoted(Array(address.utf8)), .bare("\(port)")]
        case .unix(let path): [.bare("unix"), .quoted(Array(path.utf8))]
        }
      self.init(words: [.bare("connect"), .quoted(host)] + words)
    case .helo(let name): self.init("helo", .quoted(name))
    case .mail(let strings): self.init(words: [.bare("mail")] + strings.map(Word.quoted))
    case .rcpt(let strings): self.init(words: [.bare("rcpt")] + strings.map(Word.quoted))
    case .data: self.init("data")
    case .unknown(let text): self.init("unknown", .quoted(text))
    case .header(let name, let value): self.init("header", .quoted(name), .quoted(value))
    case .eoh: self.init("eoh")
    case .body(let chunk): self.init("body", content: chunk)
    case .endOfBody(let chunk): self.init("endOfBody", content: chunk.isEmpty ? nil : chunk)
    case .abort: self.init("abort")
    case .quit: self.init("quit")
    case .quitNewConnection: self.init("quitNewConnection")
    }
  }

  /// The command of the words; `nil` if they are not a valid command.
  var command: MTACommand? {
    guard case .bare(let name)? = words.first else { return nil }
    var rest = WordReader(words.dropFirst())
    let command: MTACommand?
    switch name {
    case "negotiate": command = rest.negotiation().map { .negotiate($0) }
    case "macro": command = rest.macros()
    case "connect": command = rest.connect()
    case "helo": command = rest.text().map { .helo($0) }
    case "mail": command = rest.texts().map { .mail($0) }
    case "rcpt": command = rest.texts().map { .rcpt($0) }
    case "data": command = .data
    case "unknown": command = rest.text().map { .unknown($0) }
    case "header": command = rest.pair().map { .header(name: $0, value: $1) }
    case "eoh": command = .eoh
    case "body": command = .body(content ?? [])
    case "endOfBody": command = .endOfBody(content ?? [])
    case "abort": command = .abort
    case "quit": command = .quit
    case "quitNewConnection": command = .quitNewConnection
    default: command = nil
    }
    return rest.isAtEnd ? command : nil
  }

  /// Creates the words of an offer, or of the answer to one.
  init(_ negotiation: MilterNegotiation) {
    let options = negotiation.options
    var words: [Word] = [
      .bare("negotiate"), .bare("version=\(options.version)"),
      .bare("actions=\(Self.names(options.actions))"),
      .bare("steps=\(Self.names(options.steps))"),
    ]
    for list in negotiation.macroLists {
      words += [.bare("macros"), .bare("\(list.stage)"), .quoted(list.macros)]
    }
    self.init(words: words)
  }

  private static func names(_ flags: some CustomStringConvertible) -> String {
    "\(flags)".split(separator: ", ").joined(separator: ",")
  }
}

extension WordReader {
  mutating func macros() -> MTACommand? {
    guard let command = bare() else { return nil }
    let owner =
      MTACommandCode.allCases.first { $0.description == command }?.rawValue ?? UInt8(command)
    var macros: [MilterMacro] = []
    while case .macro(let name, let value)? = next() {
      macros.append(MilterMacro(name: name, value: value))
    }
    return owner.map { .macro($0, macros) }
  }

  mutating func connect() -> MTACommand? {
    guard let host = text() else { return nil }
    let family = bare()
    if family == "unknown" { return .connect(host: host, address: nil) }
    guard let text = text().map({ String(decoding: $0, as: UTF8.self) }) else { return nil }
    switch (family, bare().flatMap { UInt16($0) }) {
    case ("inet", let port?): return .connect(host: host, address: .inet(address: text, port: port))
    case ("inet6", let port?):
      return .connect(host: host, address: .inet6(address: text, port: port))
    case ("unix", nil): return .connect(host: host, address: .unix(path: text))
    default: return nil
    }
  }

  mutating func negotiation() -> MilterNegotiation? {
    guard let version = bare(after: "version=").flatMap({ UInt32($0) }),
      let actions = bare(after: "actions=").flatMap({
        Self.bits($0) { "\(MilterActionFlags(rawValue: $0))" }
      }),
      let steps = bare(after: "steps=").flatMap({
        Self.bits($0) { "\(MilterProtocolFlags(rawValue: $0))" }
      })
    else { return nil }
    var negotiation = MilterNegotiation(
      options: .init(
        version: version, actions: .init(rawValue: actions), steps: .init(rawValue: steps)))
    while !isAtEnd {
      guard bare() == "macros", let name = bare(),
        let stage = MilterStage.allCases.first(where: { $0.description == name }),
        let macros = text()
      else { return nil }
      negotiation.macroLists.append(.init(stage: stage, macros: macros))
    }
    return negotiation
  }

  /// Returns the bits with some names; `name` returns the name of one bit.
  private static func bits(_ names: Substring, _ name: (UInt32) -> String) -> UInt32? {
    if names == "none" { return 0 }
    var bits: UInt32 = 0
    let known = (0..<32).map { (bit: UInt32(1) << $0, name: name(1 << $0)) }
    for part in names.split(separator: ",") {
      if let flag = known.first(where: { $0.name == part }) {
        bits |= flag.bit
      } else if part.hasPrefix("0x"), let rest = UInt32(part.dropFirst(2), radix: 16) {
        bits |= rest
      } else {
        return nil
      }
    }
    return bits
  }
}
