/// FNV-1a of 64 bits over all that a filter is shown of a message: what a filter mixed up, or kept
/// of another message, shows in it.
public struct SoakHash: Hashable, Sendable {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The hash of nothing.
  public init() {}

  /// Adds bytes.
  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { add(byte) }
  }

  /// Adds a byte.
  public mutating func add(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
  }

  /// The header field the filter adds to a message of this number.
  public func field(of number: Int) -> String { "\(number) \(String(value, radix: 16))" }
}
