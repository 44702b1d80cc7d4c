/// A token of a structured header field, as Postfix reads it.
enum MIMEToken {
  case word([UInt8])
  case quoted([UInt8])
  case special(UInt8)

  /// The characters that are tokens of their own in a `Content-Type`.
  static let typeSpecials = Array("()<>@,;:\\\"/[]?=".utf8)
  /// The characters that are tokens of their own in other fields.
  static let addressSpecials = Array("()<>@,;:\\\".[]".utf8)

  /// The token's bytes, without quotes.
  var bytes: [UInt8] {
    switch self {
    case .word(let text), .quoted(let text): text
    case .special(let byte): [byte]
    }
  }

  /// The word in small letters; `nil` for another token.
  var word: String? {
    guard case .word(let text) = self else { return nil }
    return String(decoding: text.map(\.asciiLowercased), as: UTF8.self)
  }

  /// Whether it is a special character.
  func isSpecial(_ character: Unicode.Scalar) -> Bool {
    guard case .special(let byte) = self else { return false }
    return byte == UInt8(ascii: character)
  }

  /// The tokens of a field's value, cut at the semicolons.
  static func parameters(_ value: [UInt8], specials: [UInt8]) -> [[Self]] {
    var parameters: [[Self]] = [[]]
    var rest = value[...]
    while let byte = rest.popFirst() {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: break
      case UInt8(ascii: ";"): parameters.append([])
      case UInt8(ascii: "("): skipComment(&rest)
      case UInt8(ascii: "\""): parameters[parameters.count - 1].append(.quoted(quoted(&rest)))
      case _ where isSpecial(byte, specials):
        parameters[parameters.count - 1].append(.special(byte))
      default:
        let word = rest.prefix { !isSpace($0) && !isSpecial($0, specials) }
        rest = rest[word.endIndex...]
        parameters[parameters.count - 1].append(.word([byte] + word))
      }
    }
    return parameters
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  private static func isSpecial(_ byte: UInt8, _ specials: [UInt8]) -> Bool {
    byte < 0x20 || byte == 0x7F || specials.contains(byte)
  }

  private static func skipComment(_ rest: inout ArraySlice<UInt8>) {
    var depth = 1
    while depth > 0, let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      case UInt8(ascii: "\\"): _ = rest.popFirst()
      default: break
      }
    }
  }

  /// The text up to the closing quote; white space before a line break is dropped with it.
  private static func quoted(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
      switch byte {
      case 0x0A: while let last = text.last, isSpace(last) { text.removeLast() }
      case UInt8(ascii: "\\"): if let escaped = rest.popFirst() { text.append(escaped) }
      default: text.append(byte)
      }
    }
    return text
  }
}
