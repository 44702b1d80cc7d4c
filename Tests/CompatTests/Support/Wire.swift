/// The packets of ordinary sessions.
extension Packet {
  static func negotiate(
    version: UInt32 = 6, actions: UInt32 = 0x1ff, steps: UInt32 = 0x1f_ffff
  ) -> Packet {
    Packet("O", version.bytes + actions.bytes + steps.bytes)
  }

  static func connect(_ host: String, _ family: Character, _ port: UInt16, _ address: String)
    -> Packet
  {
    if family == "U" { return Packet("C", "\(host)\0U") }
    return Packet("C", Array("\(host)\0\(family)".utf8) + port.bytes + Array("\(address)\0".utf8))
  }

  static func helo(_ name: String) -> Packet { Packet("H", "\(name)\0") }
  static func mail(_ strings: String...) -> Packet { Packet("M", strings.terminated) }
  static func rcpt(_ strings: String...) -> Packet { Packet("R", strings.terminated) }
  static func header(_ name: String, _ value: String) -> Packet {
    Packet("L", "\(name)\0\(value)\0")
  }
  static func body(_ text: String) -> Packet { Packet("B", text) }
  static func unknown(_ command: String) -> Packet { Packet("U", "\(command)\0") }

  static func macros(_ stage: Character, _ strings: String...) -> Packet {
    Packet("D", "\(stage)" + strings.terminated)
  }

  static let data = Packet("T")
  static let endOfHeaders = Packet("N")
  static let end = Packet("E")
  static let abort = Packet("A")
  static let quit = Packet("Q")
  static let quitNewConnection = Packet("K")
  static let probe = Packet.helo("PROBE")
}

extension [String] {
  /// The strings, each followed by a NUL.
  var terminated: String { map { "\($0)\0" }.joined() }
}
