/// A pattern for the addresses that a block list answers with, as Postfix writes it:
/// `127.0.0.[2..11;14]`.
struct CodePattern: Equatable, Sendable {
  /// The allowed ranges of each of the four numbers.
  private let numbers: [[ClosedRange<UInt8>]]

  /// Reads a pattern; `nil` for any other text.
  init?(_ text: some StringProtocol) {
    var numbers: [[ClosedRange<UInt8>]] = []
    var rest = text[...]
    while numbers.count < 4 {
      if !numbers.isEmpty, rest.popFirst() != "." { return nil }
      let item: [ClosedRange<UInt8>]?
      if rest.first == "[" {
        guard let end = rest.firstIndex(of: "]") else { return nil }
        item = Self.ranges(String(rest[..<end].dropFirst()))
        rest = rest[end...].dropFirst()
      } else {
        let digits = rest.prefix { $0.isNumber }
        item = UInt8(digits).map { [$0...$0] }
        rest = rest[digits.endIndex...]
      }
      guard let item else { return nil }
      numbers.append(item)
    }
    guard rest.isEmpty else { return nil }
    self.numbers = numbers
  }

  /// Reads what stands in brackets: numbers and ranges of them.
  private static func ranges(_ text: String) -> [ClosedRange<UInt8>]? {
    var ranges: [ClosedRange<UInt8>] = []
    for item in text.split(separator: ";", omittingEmptySubsequences: false) {
      let ends = item.split(separator: "..", omittingEmptySubsequences: false).map { UInt8($0) }
      guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first <= last
      else { return nil }
      ranges.append(first...last)
    }
    return ranges
  }

  /// Whether an address fits.
  func matches(_ address: InetAddress) -> Bool {
    zip(numbers, address.bytes).allSatisfy { ranges, byte in ranges.contains { $0 ~= byte } }
  }
}
