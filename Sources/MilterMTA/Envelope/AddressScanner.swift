/// Finds the addresses in a header field such as `To`, and ignores syntax errors.
///
/// The scanner knows display names, quoted strings, comments, groups, and source routes. Without angle
/// brackets, the last word with an `@` is the address.
struct AddressScanner {
  /// RFC 5321 allows 254 bytes.
  ///
  /// Much longer text is not an address.
  private static let longest = 500

  private var found: [[UInt8]] = []
  private var word: [UInt8] = []
  private var candidate: [UInt8]?
  private var angle: [UInt8]?
  private var isQuoted = false
  private var isEscaped = false
  private var depth = 0

  /// Returns the addresses in the value of a header field, in order, without angle brackets.
  static func addresses(in value: [UInt8], atMost limit: Int) -> [[UInt8]] {
    var scanner = Self()
    for byte in value {
      scanner.take(byte)
      if scanner.found.count >= limit { return scanner.found }
    }
    scanner.endMailbox()
    return scanner.found
  }

  private mutating func take(_ byte: UInt8) {
    if isEscaped {
      isEscaped = false
      return keep(byte)
    }
    if byte == UInt8(ascii: "\\"), isQuoted || depth > 0 {
      isEscaped = true
      return keep(byte)
    }
    if byte == UInt8(ascii: "\""), depth == 0 {
      isQuoted.toggle()
      return keep(byte)
    }
    if isQuoted { return keep(byte) }
    switch byte {
    case UInt8(ascii: "("): depth += 1
    case UInt8(ascii: ")"): depth = max(0, depth - 1)
    case _ where depth > 0: break
    case UInt8(ascii: "<"): angle = []
    case UInt8(ascii: ">"):
      candidate = angle ?? candidate
      angle = nil
      word = []
    case 0x00...0x20: endWord()
    case _ where angle != nil: keep(byte)
    case UInt8(ascii: ","), UInt8(ascii: ";"): endMailbox()
    case UInt8(ascii: ":"):
      word = []
      candidate = nil
    default: keep(byte)
    }
  }

  private mutating func keep(_ byte: UInt8) {
    guard depth == 0 else { return }
    if angle != nil {
      angle?.append(byte)
    } else if word.count <= Self.longest {
      word.append(byte)
    }
  }

  private mutating func endWord() {
    guard angle == nil else { return }
    // A quoted string before angle brackets is a display name, whatever it contains.
    if word.contains(UInt8(ascii: "@")), word.last != UInt8(ascii: "\"") { candidate = word }
    word = []
  }

  private mutating func endMailbox() {
    if isQuoted { word = [] }
    endWord()
    if let address = candidate ?? angle, let usable = Self.usable(address) { found.append(usable) }
    candidate = nil
    angle = nil
  }

  /// Returns an address without its source route; `nil` if no MTA would accept it.
  private static func usable(_ address: [UInt8]) -> [UInt8]? {
    var address = address[...]
    if address.first == UInt8(ascii: "@") {
      address = address.drop { $0 != UInt8(ascii: ":") }.dropFirst()
    }
    let isText = address.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    guard !address.isEmpty, address.count <= longest, isText else { return nil }
    return Array(address)
  }
}
