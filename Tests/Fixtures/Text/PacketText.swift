/// Packets of the protocol as text, without the code under test.
package enum PacketText {
  /// Returns bytes as text, with `\xNN` for backslashes and for bytes that are not printable ASCII.
  package static func escaped(_ bytes: some Collection<UInt8>) -> String {
    var text = ""
    for byte in bytes {
      if 0x20...0x7E ~= byte, byte != UInt8(ascii: "\\") {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += "\\x" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return text
  }

  /// Divides a stream into its packets, each without its length, and the rest after the last complete packet.
  ///
  /// A length of 0 is not that of a packet.
  package static func packets(
    _ bytes: [UInt8]
  ) -> (complete: [ArraySlice<UInt8>], rest: ArraySlice<UInt8>) {
    var complete: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while rest.count >= 4 {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      guard length >= 1, rest.count >= 4 + length else { break }
      complete.append(rest.dropFirst(4).prefix(length))
      rest = rest.dropFirst(4 + length)
    }
    return (complete, rest)
  }
}
