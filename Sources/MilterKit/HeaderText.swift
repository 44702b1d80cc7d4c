/// A checked name and value of a header field, which cannot inject another field.
struct HeaderText {
  let name: [UInt8]
  /// The value in the form that MTAs accept: with LF between lines, and without CR.
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
    // The first line contains the name, so it is never blank.
    var isBlank = false
    var hasBlankLine = false
    for byte in value {
      let isSpace = byte == 0x20 || byte == 0x09
      if lines.last == lf {
        isFolded = isFolded && isSpace
        isBlank = true
      }
      if byte == lf, lines.last == cr { lines.removeLast() }
      if byte == lf { hasBlankLine = hasBlankLine || isBlank }
      if !isSpace, byte != cr { isBlank = false }
      lines.append(byte)
    }
    guard isFolded, lines.last != lf, !lines.contains(cr) else {
      throw MilterError(
        .invalidArgument,
        "\(function): a line break in a header value must be LF or CR LF, "
          + "and the next line must begin with a space or tab")
    }
    guard !hasBlankLine, !isBlank else {
      throw MilterError(
        .invalidArgument,
        "\(function): a continuation line of the header value is blank; programs that drop "
          + "trailing white space take it for the end of the headers")
    }
    self.value = lines
  }
}
