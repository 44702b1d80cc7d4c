/// Collects bytes to be sent: integers in network order, C strings, whole frames.
///
/// It counts the bytes itself and overwrites those that are forgotten, which costs a reply much less
/// than to empty an array and fill it again.
public struct ByteWriter: Sendable {
  /// The room for the bytes; what follows the first ``count`` of them has no meaning.
  package private(set) var storage: [UInt8] = []
  /// The number of bytes that were written.
  public private(set) var count = 0

  /// The room when the first bytes are written: for a burst of replies.
  private static let initialCapacity = 96

  /// Makes an empty writer.
  public init() {}

  /// A copy of what was written so far.
  public var bytes: [UInt8] { Array(storage[..<count]) }

  /// Whether nothing was written.
  public var isEmpty: Bool { count == 0 }

  /// Appends one byte.
  public mutating func append(_ byte: UInt8) {
    makeRoom(1)
    storage[count] = byte
    count += 1
  }

  /// Appends bytes as they are.
  public mutating func append(_ more: some Collection<UInt8>) {
    if more.withContiguousStorageIfAvailable({ unsafe append(UnsafeRawBufferPointer($0)) })
      == nil
    {
      append(Array(more))
    }
  }

  /// Appends bytes as they are.
  public mutating func append(_ more: RawSpan) {
    unsafe more.withUnsafeBytes { unsafe append($0) }
  }

  /// Appends bytes as they are, in one copy even in debug builds: a body may be long.
  private mutating func append(_ more: UnsafeRawBufferPointer) {
    let start = count
    makeRoom(more.count)
    unsafe storage.withUnsafeMutableBytes {
      unsafe UnsafeMutableRawBufferPointer(rebasing: $0[start...]).copyMemory(from: more)
    }
    count += more.count
  }

  /// Appends a 16-bit number in network order.
  public mutating func append16(_ value: UInt16) {
    unsafe withUnsafeBytes(of: value.bigEndian) { unsafe append($0) }
  }

  /// Appends a 32-bit number in network order.
  public mutating func append32(_ value: UInt32) {
    unsafe withUnsafeBytes(of: value.bigEndian) { unsafe append($0) }
  }

  /// Appends a string and the NUL that ends it.
  ///
  /// The string must not contain NUL: the reader would take what follows for the next string.
  public mutating func append(cString: some Collection<UInt8>) {
    append(cString)
    append(0)
  }

  /// Appends a frame: its length, its code, and the payload that `body` writes.
  public mutating func frame(_ code: UInt8, _ body: (inout ByteWriter) -> Void) {
    let start = count
    append(frameOf: 0, code)
    body(&self)
    let length = UInt32(truncatingIfNeeded: count - start - 4)
    for index in 0..<4 {
      storage[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(index)))
    }
  }

  /// Appends a frame without payload.
  public mutating func frame(_ code: UInt8) { append(frameOf: 1, code) }

  /// The start of a frame in one piece: most replies are no more than that.
  private mutating func append(frameOf length: UInt32, _ code: UInt8) {
    let start = count
    makeRoom(WireLimits.headerSize)
    // There is room for both: both stores are within the bytes that makeRoom has seen to.
    unsafe storage.withUnsafeMutableBytes {
      unsafe $0.storeBytes(of: length.bigEndian, toByteOffset: start, as: UInt32.self)
      unsafe $0.storeBytes(of: code, toByteOffset: start + WireLimits.lengthSize, as: UInt8.self)
    }
    count = start + WireLimits.headerSize
  }

  /// Writes bytes over the first ones.
  mutating func overwriteFirst(with bytes: [UInt8]) {
    for (index, byte) in bytes.enumerated() { storage[index] = byte }
  }

  /// Forgets the first bytes.
  public mutating func removeFirst(_ number: Int) {
    let number = min(number, count)
    storage.removeFirst(number)
    count -= number
  }

  /// Forgets the bytes; the room they took is kept for the next ones up to a limit.
  public mutating func removeAll(keepingAtMost capacity: Int = 16 * 1024) {
    if storage.count > capacity { storage = [] }
    count = 0
  }

  /// Makes sure that this number of bytes fits after the others.
  @inline(__always)
  private mutating func makeRoom(_ size: Int) {
    if storage.count - count < size { grow(size) }
  }

  @inline(never)
  private mutating func grow(_ size: Int) {
    let capacity = max(Self.initialCapacity, storage.count * 2, count + size)
    storage.append(contentsOf: [UInt8](repeating: 0, count: capacity - storage.count))
  }
}
