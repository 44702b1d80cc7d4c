/// A header's name and value, checked, so that it cannot smuggle in another header.
struct HeaderText {
  let name: [UInt8]
  /// The value as MTAs take it: lines are separated by LF alone.
  let value: [UInt8]

  init(
    _ name: String, _ value: some Collection<UInt8>, for function: String
  ) throws(MilterError) {
    self.name = Array(name.utf8)
    // RFC 5322, 2.2: printable ASCII except the colon.
    guard self.name.allSatisfy({ 33...126 ~= $0 && $0 != UInt8(ascii: ":") }) else {
      throw MilterError(
        .invalidArgument,
        "\(function): the header name contains a colon, a space or unprintable bytes")
    }
    let (cr, lf) = (UInt8(0x0D), UInt8(0x0A))
    var lines: [UInt8] = []
    lines.reserveCapacity(value.count)
    var isFolded = true
    for byte in value {
      if lines.last == lf { isFolded = isFolded && (byte == 0x20 || byte == 0x09) }
      if byte == lf, lines.last == cr { lines.removeLast() }
      lines.append(byte)
    }
    guard isFolded, lines.last != lf, !lines.contains(cr) else {
      throw MilterError(
        .invalidArgument,
        "\(function): a line break in a header value must be LF or CR LF, "
          + "and the next line must begin with a space or tab")
    }
    self.value = lines
  }
}
