import MilterSystem

extension [UInt8] {
  /// The bytes with CR LF for every single LF: a stored body as it was on the wire.
  package var withCRLF: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count + count / 32)
    for line in splitAtLF {
      result += line
      if line.last == 0x0a {
        result.removeLast()
        if result.last != 0x0d { result.append(0x0d) }
        result.append(0x0a)
      }
    }
    return result
  }

  /// The message in the form for DATA: with doubled dots, and a line with a single dot at the end.
  var dotStuffed: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count + count / 32)
    for line in splitAtLF {
      if line.first == UInt8(ascii: ".") { result.append(UInt8(ascii: ".")) }
      result += line
    }
    if !result.isEmpty, result.last != 0x0a { result += [0x0d, 0x0a] }
    return result + [UInt8(ascii: "."), 0x0d, 0x0a]
  }

  /// The lines, each with its LF; the last one may have none.
  package var splitAtLF: [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var rest = self[...]
    while let end = rest.firstLF {
      lines.append(rest[...end])
      rest = rest[(end + 1)...]
    }
    if !rest.isEmpty { lines.append(rest) }
    return lines
  }
}

extension ArraySlice<UInt8> {
  /// The index of the first LF.
  ///
  /// It is found by C, because a debug build is too slow for 25 MB.
  fileprivate var firstLF: Int? {
    withUnsafeBytes { ByteSearch.firstOffset(of: 0x0a, in: $0) }.map { startIndex + $0 }
  }
}
