/// Collects bytes to be sent: integers in network order, C strings, whole frames.
public struct ByteWriter: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []

  /// Makes an empty writer.
  public init() {}

  /// Whether nothing was written.
  public var isEmpty: Bool { bytes.isEmpty }

  /// How many bytes were written.
  public var count: Int { bytes.count }

  /// Appends one byte.
  public mutating func append(_ byte: UInt8) { bytes.append(byte) }

  /// Appends bytes as they are.
  public mutating func append(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

  /// Appends bytes as they are.
  public mutating func append(_ more: RawSpan) {
    unsafe more.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }

  /// Appends a 16-bit number in network order.
  public mutating func append16(_ value: UInt16) {
    unsafe withUnsafeBytes(of: value.bigEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  /// Appends a 32-bit number in network order.
  public mutating func append32(_ value: UInt32) {
    unsafe withUnsafeBytes(of: value.bigEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  /// Appends a string and the NUL that ends it.
  ///
  /// The string must not contain NUL: the reader would take what follows for the next string.
  public mutating func append(cString: some Collection<UInt8>) {
    bytes.append(contentsOf: cString)
    bytes.append(0)
  }

  /// Appends a frame: its length, its code, and the payload that `body` writes.
  public mutating func frame(_ code: UInt8, _ body: (inout ByteWriter) -> Void) {
    let start = bytes.count
    append(frameOf: 0, code)
    body(&self)
    let length = UInt32(truncatingIfNeeded: bytes.count - start - 4)
    for index in 0..<4 {
      bytes[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(index)))
    }
  }

  /// Appends a frame without payload.
  public mutating func frame(_ code: UInt8) { append(frameOf: 1, code) }

  /// The start of a frame in one piece: most replies are no more than that.
  private mutating func append(frameOf length: UInt32, _ code: UInt8) {
    unsafe withUnsafeBytes(of: (length.bigEndian, code)) { unsafe bytes.append(contentsOf: $0) }
  }

  /// Forgets the first bytes.
  public mutating func removeFirst(_ count: Int) { bytes.removeFirst(min(count, bytes.count)) }

  /// Forgets the bytes; the room they took is kept for the next ones up to a limit.
  public mutating func removeAll(keepingAtMost capacity: Int = 16 * 1024) {
    bytes.removeAll(keepingCapacity: bytes.capacity <= capacity)
  }
}
