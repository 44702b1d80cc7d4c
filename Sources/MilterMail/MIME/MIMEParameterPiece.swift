/// A piece of a parameter's value: `name*2*=...` of RFC 2231.
struct MIMEParameterPiece {
  /// Its number among the pieces, from 0; `nil` for a value in one piece.
  let number: Int?
  /// Whether it is percent-encoded.
  let isExtended: Bool
  /// The value as it was written, without quotes.
  let value: [UInt8]

  /// Returns the piece with a name such as `name*2*`, and the name without the suffix.
  static func named(_ name: String, _ value: [UInt8]) -> (key: String, Self) {
    var words = name.split(separator: "*", omittingEmptySubsequences: false)[...]
    let isExtended = words.count > 1 && words.last == ""
    if isExtended { words.removeLast() }
    guard let key = words.first, words.count <= 2 else {
      return (name, Self(number: nil, isExtended: false, value: value))
    }
    let number = words.dropFirst().first.flatMap { Int($0) }
    return (String(key), Self(number: number, isExtended: isExtended, value: value))
  }

  /// Returns the value of pieces that are numbered from 0 without a gap, or of a single piece.
  ///
  /// The first single piece has priority over numbered pieces.
  static func joined(_ pieces: [Self]) -> String? {
    if let whole = pieces.first(where: { $0.number == nil }) { return text(of: [whole]) }
    var run: [Self] = []
    for piece in sorted(pieces) {
      guard piece.number == run.count else { break }
      run.append(piece)
    }
    return run.isEmpty ? nil : text(of: run)
  }

  /// Returns the values that programs might read from pieces with wrong numbers or an unknown character set.
  static func readings(of pieces: [Self]) -> [String] {
    let numbered = sorted(pieces.filter { $0.number != nil })
    let whole = pieces.filter { $0.number == nil }
    return (whole.map { [$0] } + (numbered.isEmpty ? [] : [numbered])).flatMap { run in
      let bytes = run.flatMap { $0.isExtended ? percentDecoded($0.value[...]) : $0.value }
      return (text(of: run).map { [$0] } ?? []) + [String(decoding: bytes, as: UTF8.self)]
    }
  }

  private static func sorted(_ pieces: [Self]) -> [Self] {
    pieces.enumerated()
      .sorted { ($0.element.number ?? 0, $0.offset) < ($1.element.number ?? 0, $1.offset) }
      .map(\.element)
  }

  /// Returns the text of pieces in order; `nil` if the first one does not name a supported character set.
  private static func text(of pieces: [Self]) -> String? {
    var charset = MailCharset.utf8
    var bytes: [UInt8] = []
    for (index, piece) in pieces.enumerated() {
      guard piece.isExtended else {
        bytes += piece.value
        continue
      }
      var value = piece.value[...]
      if index == 0 {
        let parts = value.split(
          separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let name = String(decoding: parts[0], as: UTF8.self)
        guard let named = name.isEmpty ? .utf8 : MailCharset(named: name) else { return nil }
        charset = named
        value = parts[2]
      }
      bytes += percentDecoded(value)
    }
    return charset.decode(bytes)
  }

  private static func percentDecoded(_ value: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = value
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let escaped = rest.prefix(2).hexByte {
        result.append(escaped)
        rest = rest.dropFirst(2)
      } else {
        result.append(byte)
      }
    }
    return result
  }
}
