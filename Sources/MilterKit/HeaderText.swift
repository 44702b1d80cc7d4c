/// A checked name and value of a header field, which cannot inject another field.
struct HeaderText {
  let name: [UInt8]
  /// The value in the form that MTAs accept: with LF between lines, and without CR.
  let value: [UInt8]

  init(
    _ name: String, _ value: some Collection<UInt8>, for function: String
  ) throws(MilterError) {
    let name = Array(name.utf8)
    self.name = name
    guard Self.isName(name.span) else {
      throw MilterError(
        .invalidArgument,
        "\(function): the header name contains a colon, a space or unprintable bytes")
    }
    let value = Array(value)
    if Self.isPlain(value.span) {
      self.value = value
      return
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

  /// Whether a name has the bytes that RFC 5322, 2.2, allows: printable ASCII except the colon.
  static func isName(_ name: Span<UInt8>) -> Bool {
    var isName = true
    for index in name.indices {
      isName = isName && 33...126 ~= name[index] && name[index] != UInt8(ascii: ":")
    }
    return isName
  }

  /// Whether a value has no control characters, and so needs no further checks.
  ///
  /// Most values are plain. The loop has no early end, so that it takes many bytes in one step.
  static func isPlain(_ value: Span<UInt8>) -> Bool {
    var lowest = UInt8.max
    for index in value.indices { lowest = min(lowest, value[index]) }
    return lowest >= 0x20
  }
}
