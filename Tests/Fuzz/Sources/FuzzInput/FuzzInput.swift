/// An input of libFuzzer: some bytes to decide with, then the bytes for the code under test.
///
/// ```
/// n | n bytes: decisions | the rest: what a peer sends
/// ```
///
/// When the decisions are used up all further ones are 0, which is always the plain choice. So a
/// recorded session with a single 0 before it is a good seed.
public struct FuzzInput {
  /// What a peer sends.
  public let rest: [UInt8]
  private var decisions: ArraySlice<UInt8>

  /// Divides what libFuzzer made.
  public init(_ data: UnsafePointer<UInt8>?, _ size: Int) {
    let all = Array(UnsafeBufferPointer(start: data, count: size))
    let count = min(Int(all.first ?? 0), max(0, all.count - 1))
    decisions = all.dropFirst().prefix(count)
    rest = Array(all.dropFirst(1 + count))
  }

  /// The next decision.
  public mutating func byte() -> UInt8 { decisions.popFirst() ?? 0 }

  /// The next decision among `count` choices.
  public mutating func choice(of count: Int) -> Int { Int(byte()) % count }

  /// A number of 32 bits.
  public mutating func number() -> UInt32 {
    (0..<4).reduce(0) { number, _ in number << 8 | UInt32(byte()) }
  }

  /// Some bytes: the next decision selects their number and whether they repeat, up to twice what a packet
  /// holds: more would show the same, and take seconds.
  public mutating func bytes() -> [UInt8] {
    let length = Int(byte())
    let bytes = Array(decisions.prefix(length & 0x3F))
    decisions = decisions.dropFirst(bytes.count)
    guard length & 0xC0 != 0 else { return bytes }
    return Array([[UInt8]](repeating: bytes, count: 1 << ((length >> 4) - 4)).joined())
  }

  /// The rest in pieces of a size that a decision gives; in one piece for 0.
  public mutating func pieces() -> [ArraySlice<UInt8>] {
    let size = Int(byte())
    guard size > 0 else { return [rest[...]] }
    return stride(from: 0, to: rest.count, by: size).map {
      rest[$0..<min($0 + size, rest.count)]
    }
  }
}
