/// A pattern for the addresses with which a block list answers.
///
/// The syntax is that of Postfix, for example `127.0.0.[2..11;14]`.
struct CodePattern: Equatable, Sendable {
  /// The allowed ranges of each of the four numbers.
  private let numbers: [[ClosedRange<UInt8>]]

  /// Reads a pattern; `nil` if the text is not a valid pattern.
  init?(_ text: some StringProtocol) {
    var numbers: [[ClosedRange<UInt8>]] = []
    var rest = Substring(text)
    while numbers.count < 4 {
      if !numbers.isEmpty, rest.popFirst() != "." { return nil }
      guard let ranges = Self.takeNumber(from: &rest) else { return nil }
      numbers.append(ranges)
    }
    guard rest.isEmpty else { return nil }
    self.numbers = numbers
  }

  /// Takes a number, or a list in brackets, from the start of a text.
  private static func takeNumber(from text: inout Substring) -> [ClosedRange<UInt8>]? {
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]") else { return nil }
      let list = text[..<end].dropFirst()
      text = text[end...].dropFirst()
      return ranges(String(list))
    }
    let digits = text.prefix { $0.isNumber }
    text = text[digits.endIndex...]
    return UInt8(digits).map { [$0...$0] }
  }

  /// Reads the list in brackets: numbers and ranges, such as `2..11;14`.
  private static func ranges(_ text: String) -> [ClosedRange<UInt8>]? {
    var ranges: [ClosedRange<UInt8>] = []
    for item in text.split(separator: ";", omittingEmptySubsequences: false) {
      let ends = item.split(separator: "..", omittingEmptySubsequences: false)
      guard ends.count <= 2, let first = UInt8(ends[0]), let last = UInt8(ends[ends.count - 1]),
        first <= last
      else { return nil }
      ranges.append(first...last)
    }
    return ranges
  }

  /// Whether the pattern matches an address.
  func matches(_ address: InetAddress) -> Bool {
    zip(numbers, address.bytes).allSatisfy { ranges, byte in ranges.contains { $0 ~= byte } }
  }
}
