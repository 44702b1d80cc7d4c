public import MilterCore

extension MilterMessage {
  /// The macros that the MTA sent for a message.
  public struct Macros: Sendable {
    let symbols: MilterSymbols

    init(_ symbols: MilterSymbols) { self.symbols = symbols }

    /// The value of a macro; `nil` if the MTA has not sent it.
    public subscript(name: MilterMacroName) -> String? {
      symbols[name].map { String(decoding: $0, as: UTF8.self) }
    }

    /// The value of a macro, such as `i` or `{auth_authen}`; braces are optional.
    public subscript(name: String) -> String? { self[MilterMacroName(name)] }
  }
}

extension MilterMessage.Macros: ExpressibleByDictionaryLiteral {
  /// Creates macros for a message without an MTA.
  public init(dictionaryLiteral elements: (MilterMacroName, String)...) {
    self.init(MilterSymbols(elements))
  }
}

extension MilterSymbols {
  /// Creates the macros of a client and message, all of one stage.
  ///
  /// - Parameter values: Names and values; a value ends at its first NUL.
  init(_ values: [(MilterMacroName, String)]) {
    self.init()
    var packet: [UInt8] = [MTACommandCode.connect.rawValue]
    for (name, value) in values {
      packet += Array(name.description.utf8) + [0] + value.utf8.prefix { $0 != 0 } + [0]
    }
    // Only a mistake in a test can make the packet too large.
    try? store(packet.span)
  }
}
