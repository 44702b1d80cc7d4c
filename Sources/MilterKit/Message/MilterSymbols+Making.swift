import MilterCore

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
