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
