/// The parameters behind a content type or a content disposition.
///
/// Values in pieces and in other character sets (RFC 2231) are put together and decoded. Of two
/// parameters of one name the first counts.
public struct MIMEParameters: Hashable, Sendable {
  private var values: [String: String] = [:]

  /// Makes an empty list.
  public init() {}

  /// The value of a parameter, whose name may be written in any case.
  public subscript(name: String) -> String? {
    get { values[name.lowercased()] }
    set { values[name.lowercased()] = newValue }
  }

  /// All parameters by their names, which are in small letters.
  public var all: [String: String] { values }

  /// Reads parameters, each behind a semicolon.
  ///
  /// What cannot be read is passed over, up to the next semicolon.
  init(_ scanner: inout StructuredScanner) {
    var pieces: [String: [Piece]] = [:]
    while scanner.nextParameter() {
      guard let name = scanner.mimeToken(), scanner.take("="),
        let value = scanner.parameterValue()
      else { continue }
      let (key, piece) = Piece.named(name.lowercased(), value)
      if piece.number == nil, !piece.isExtended {
        if values[key] == nil { values[key] = String(decoding: value, as: UTF8.self) }
      } else {
        pieces[key, default: []].append(piece)
      }
    }
    for (key, pieces) in pieces {
      // RFC 2231 has the readable form beside it for programs that do not know this one.
      if let value = Piece.joined(pieces) { values[key] = value }
    }
  }

  /// A part of a value: `name*2*=...`.
  private struct Piece {
    var number: Int?
    var isExtended: Bool
    var value: [UInt8]

    static func named(_ name: String, _ value: [UInt8]) -> (key: String, Piece) {
      var words = name.split(separator: "*", omittingEmptySubsequences: false)[...]
      let isExtended = words.count > 1 && words.last == ""
      if isExtended { words.removeLast() }
      guard let key = words.first, words.count <= 2 else {
        return (name, Piece(number: nil, isExtended: false, value: value))
      }
      let number = words.dropFirst().first.flatMap { Int($0) }
      return (String(key), Piece(number: number, isExtended: isExtended, value: value))
    }

    /// The value of pieces that are numbered from 0 without a gap, or of a single one.
    static func joined(_ pieces: [Piece]) -> String? {
      let sorted = pieces.sorted { ($0.number ?? 0) < ($1.number ?? 0) }
      var charset = MailCharset.utf8
      var bytes: [UInt8] = []
      for (index, piece) in sorted.enumerated() {
        guard (piece.number ?? 0) == index else { break }
        guard piece.isExtended else {
          bytes += piece.value
          continue
        }
        var value = piece.value[...]
        if index == 0 {
          let quote = UInt8(ascii: "'")
          let parts = value.split(
            separator: quote, maxSplits: 2, omittingEmptySubsequences: false)
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
}

extension StructuredScanner {
  /// Goes behind the next semicolon that is in no quoted string; false if there is none.
  fileprivate mutating func nextParameter() -> Bool {
    while !isAtEnd {
      _ = run { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "(") }
      if take(";") { return true }
      let start = position
      if peek == UInt8(ascii: "(") {
        guard (try? skipCFWS()) != nil else { return false }
      } else {
        guard (try? quotedString()) != nil else { return false }
      }
      if position == start { return false }
    }
    return false
  }

  /// A quoted string, or what stands up to the next semicolon, space or comment.
  ///
  /// The standard wants quotes around slashes and the like; many programs leave them out.
  fileprivate mutating func parameterValue() -> [UInt8]? {
    guard (try? skipCFWS()) != nil else { return nil }
    if peek == UInt8(ascii: "\"") { return (try? quotedString()) ?? nil }
    return Array(
      run { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "(") && !ASCII.isSpace($0) })
  }
}
