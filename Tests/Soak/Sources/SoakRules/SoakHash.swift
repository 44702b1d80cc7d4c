/// A 64-bit FNV-1a hash of everything that a filter sees of a message.
///
/// It shows whether a filter mixed up messages or kept data of another message.
public struct SoakHash: Hashable, Sendable {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// Creates the hash of no bytes.
  public init() {}

  /// Adds bytes.
  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { add(byte) }
  }

  /// Adds a byte.
  public mutating func add(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
  }

  /// Returns the header field that the filter adds to the message with a number.
  public func field(of number: Int) -> String { "\(number) \(String(value, radix: 16))" }
}
