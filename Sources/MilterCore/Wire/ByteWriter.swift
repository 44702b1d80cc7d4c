/// A buffer for output: integers in network byte order, C strings, and whole frames.
///
/// The writer counts the bytes itself and overwrites removed ones. This costs much less than emptying an array
/// and filling it again.
public struct ByteWriter: Sendable {
  /// The memory for the bytes; bytes after the first ``count`` have no meaning.
  package private(set) var storage: [UInt8] = []
  /// The number of written bytes.
  public private(set) var count = 0

  /// The initial capacity, which is enough for a burst of replies.
  private static let initialCapacity = 96

  /// Creates an empty writer.
  public init() {}

  /// A copy of the written bytes.
  public var bytes: [UInt8] { Array(storage[..<count]) }

  /// Whether no bytes were written.
  public var isEmpty: Bool { count == 0 }

  /// Appends one byte.
  public mutating func append(_ byte: UInt8) {
    makeRoom(1)
    storage[count] = byte
    count += 1
  }

  /// Appends bytes.
  public mutating func append(_ more: some Collection<UInt8>) {
    if more.withContiguousStorageIfAvailable({ unsafe append(UnsafeRawBufferPointer($0)) })
      == nil
    {
      append(Array(more))
    }
  }

  /// Appends bytes.
  public mutating func append(_ more: RawSpan) {
    unsafe more.withUnsafeBytes { unsafe append($0) }
  }

  /// Appends bytes in one copy even in debug builds, because a body may be long.
  private mutating func append(_ more: UnsafeRawBufferPointer) {
    let start = count
    makeRoom(more.count)
    unsafe storage.withUnsafeMutableBytes {
      unsafe UnsafeMutableRawBufferPointer(rebasing: $0[start...]).copyMemory(from: more)
    }
    count += more.count
  }

  /// Appends a 16-bit number in network byte order.
  public mutating func append16(_ value: UInt16) {
    unsafe withUnsafeBytes(of: value.bigEndian) { unsafe append($0) }
  }

  /// Appends a 32-bit number in network byte order.
  public mutating func append32(_ value: UInt32) {
    unsafe withUnsafeBytes(of: value.bigEndian) { unsafe append($0) }
  }

  /// Appends a string and a NUL.
  ///
  /// The string must not contain a NUL, because the reader would end the string there.
  public mutating func append(cString: some Collection<UInt8>) {
    append(cString)
    append(0)
  }

  /// Appends a frame: its length, its code, and the payload that `body` writes.
  @inline(__always)
  public mutating func frame(_ code: UInt8, _ body: (inout ByteWriter) -> Void) {
    let start = count
    append(frameOf: 0, code)
    body(&self)
    let length = UInt32(truncatingIfNeeded: count - start - 4)
    for index in 0..<4 {
      storage[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(index)))
    }
  }

  /// Appends a frame of two C strings, which must not contain a NUL.
  mutating func frame(_ code: UInt8, strings one: Span<UInt8>, _ other: Span<UInt8>) {
    let size = one.count + other.count + 2
    makeRoom(WireLimits.headerSize + size)
    append(frameOf: UInt32(truncatingIfNeeded: size + 1), code)
    unsafe append(one.bytes)
    append(0)
    unsafe append(other.bytes)
    append(0)
  }

  /// Appends a frame without payload.
  @inline(__always)
  public mutating func frame(_ code: UInt8) {
    // Most replies equal an earlier one, whose bytes are still in the memory after it was sent.
    if isNext(frameOf: 1, code) {
      count += WireLimits.headerSize
    } else {
      append(frameOf: 1, code)
    }
  }

  /// Whether the memory after the written bytes already has the start of a frame.
  @inline(__always)
  private func isNext(frameOf length: UInt32, _ code: UInt8) -> Bool {
    guard storage.count - count >= WireLimits.headerSize else { return false }
    // Both loads are in the memory.
    return unsafe storage.withUnsafeBytes {
      unsafe $0.loadUnaligned(fromByteOffset: count, as: UInt32.self) == length.bigEndian
        && $0[count + WireLimits.lengthSize] == code
    }
  }

  /// Appends the start of a frame in one step.
  @inline(never)
  private mutating func append(frameOf length: UInt32, _ code: UInt8) {
    let start = count
    makeRoom(WireLimits.headerSize)
    // makeRoom has made room for both stores.
    unsafe storage.withUnsafeMutableBytes {
      unsafe $0.storeBytes(of: length.bigEndian, toByteOffset: start, as: UInt32.self)
      unsafe $0.storeBytes(of: code, toByteOffset: start + WireLimits.lengthSize, as: UInt8.self)
    }
    count = start + WireLimits.headerSize
  }

  /// Replaces the first bytes.
  mutating func overwriteFirst(with bytes: [UInt8]) {
    for (index, byte) in bytes.enumerated() { storage[index] = byte }
  }

  /// Removes the first bytes.
  public mutating func removeFirst(_ number: Int) {
    let number = min(number, count)
    storage.removeFirst(number)
    count -= number
  }

  /// Removes all bytes, and keeps their memory for the next ones, up to a limit.
  public mutating func removeAll(keepingAtMost capacity: Int = 16 * 1024) {
    if storage.count > capacity { storage = [] }
    count = 0
  }

  /// Ensures that there is room for this number of additional bytes.
  @inline(__always)
  private mutating func makeRoom(_ size: Int) {
    if storage.count - count < size { grow(size) }
  }

  @inline(never)
  private mutating func grow(_ size: Int) {
    let capacity = max(Self.initialCapacity, storage.count * 2, count + size)
    var larger = [UInt8](repeating: 0, count: capacity)
    unsafe larger.withUnsafeMutableBytes { unsafe $0.copyBytes(from: storage) }
    storage = larger
  }
}
