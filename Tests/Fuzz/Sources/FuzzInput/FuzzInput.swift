/// An input of libFuzzer: bytes for decisions, then bytes for the code under test.
///
/// ```
/// n | n bytes: decisions | the rest: what a peer sends
/// ```
///
/// After the last decision, all further ones are 0, which is always the plain choice. So a recorded
/// session after a single 0 is a good seed.
public struct FuzzInput {
  /// The bytes of the peer.
  public let rest: [UInt8]
  private var decisions: ArraySlice<UInt8>

  /// Divides an input of libFuzzer.
  public init(_ data: UnsafePointer<UInt8>?, _ size: Int) {
    let all = Array(UnsafeBufferPointer(start: data, count: size))
    let count = min(Int(all.first ?? 0), max(0, all.count - 1))
    decisions = all.dropFirst().prefix(count)
    rest = Array(all.dropFirst(1 + count))
  }

  /// Returns the next decision.
  public mutating func byte() -> UInt8 { decisions.popFirst() ?? 0 }

  /// Returns the next decision among `count` choices.
  public mutating func choice(of count: Int) -> Int { Int(byte()) % count }

  /// Returns a number of 32 bits.
  public mutating func number() -> UInt32 {
    (0..<4).reduce(0) { number, _ in number << 8 | UInt32(byte()) }
  }

  /// Returns bytes; the next decision selects their number and whether they repeat.
  ///
  /// There are at most twice as many bytes as in a packet: more would take seconds and find nothing
  /// more.
  public mutating func bytes() -> [UInt8] {
    let length = Int(byte())
    let bytes = Array(decisions.prefix(length & 0x3F))
    decisions = decisions.dropFirst(bytes.count)
    guard length & 0xC0 != 0 else { return bytes }
    return Array([[UInt8]](repeating: bytes, count: 1 << ((length >> 4) - 4)).joined())
  }

  /// Returns the rest in pieces of a size that a decision selects; 0 is one piece.
  public mutating func pieces() -> [ArraySlice<UInt8>] {
    let size = Int(byte())
    guard size > 0 else { return [rest[...]] }
    return stride(from: 0, to: rest.count, by: size).map {
      rest[$0..<min($0 + size, rest.count)]
    }
  }
}
