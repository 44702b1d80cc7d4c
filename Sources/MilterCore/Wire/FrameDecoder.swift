/// Divides a stream of bytes into frames.
///
/// The decoder owns the receive buffer of a connection. ``fill(_:)`` and ``append(_:)`` add bytes in any
/// pieces. ``next()`` returns the frames, one after the other, as ranges in ``storage``. The buffer grows with
/// the bytes received, never with an announced length.
public struct FrameDecoder: Sendable {
  /// The buffer with the frames.
  public private(set) var storage: [UInt8] = []
  /// The maximum payload of a frame in bytes; see ``WireLimits``.
  public var maximumPayload = WireLimits.payload64K

  private var head = 0
  private var tail = 0

  /// Whether the last read filled the whole free space, so that more bytes may be available.
  private var isTight = false

  /// The initial size of the buffer, which is enough for a command with its macros.
  ///
  /// A buffer of one page would leave a hole of nearly a page when an idle connection releases it.
  private static let initialCapacity = 1024

  /// Above this size, the buffer does not grow for many small frames in one burst.
  private static let burstCapacity = 16 * 1024

  /// Creates a decoder without a buffer.
  public init() {}

  /// Whether no bytes are waiting, so that the buffer can be released.
  public var isEmpty: Bool { head == tail }

  /// Returns the next whole frame.
  ///
  /// - Returns: The frame; `nil` if more bytes are needed.
  /// - Throws: ``MilterError/Code/invalidFrameLength`` as soon as the four bytes of an invalid length have
  ///   arrived. This includes 0 and lengths above 7fffffff, after which libmilter executes the next byte as a
  ///   command.
  public mutating func next() throws(MilterError) -> Frame? {
    guard tail - head >= WireLimits.lengthSize else { return nil }
    let length = Int(storage.span.bigEndian32(at: head) ?? 0)
    guard length >= 1, length - 1 <= maximumPayload else {
      throw Self.invalidLength(length, maximumPayload)
    }
    guard tail - head >= WireLimits.lengthSize + length else { return nil }
    let payload = head + WireLimits.headerSize..<head + WireLimits.lengthSize + length
    let frame = Frame(code: storage[head + WireLimits.lengthSize], payload: payload)
    head = payload.upperBound
    return frame
  }

  /// The error for a frame whose length is not allowed.
  package static func invalidLength(_ length: Int, _ maximumPayload: Int) -> MilterError {
    MilterError(
      .invalidFrameLength,
      "frame length \(length) is not between 1 and \(maximumPayload + 1)")
  }

  /// Lets `body` write received bytes directly into the buffer.
  ///
  /// - Parameter body: Writes from the start of the free space, and returns the number of bytes.
  /// - Returns: The result of `body`, limited to the free space.
  public mutating func fill(_ body: (inout MutableRawSpan) throws -> Int) rethrows -> Int {
    makeRoom(1)
    let used = tail
    var all = storage.mutableSpan
    var bytes = unsafe all.mutableBytes
    var free = bytes._mutatingExtracting(used..<bytes.byteCount)
    let count = max(0, min(try body(&free), free.byteCount))
    isTight = count == free.byteCount
    tail += count
    return count
  }

  /// Copies received bytes into the buffer.
  public mutating func append(_ bytes: some Collection<UInt8>) { append(Array(bytes).span) }

  /// Copies received bytes into the buffer.
  package mutating func append(_ bytes: Span<UInt8>) {
    makeRoom(bytes.count)
    let end = tail + bytes.count
    unsafe bytes.withUnsafeBytes { source in
      unsafe storage.withUnsafeMutableBytes { all in
        unsafe UnsafeMutableRawBufferPointer(rebasing: all[tail..<end]).copyMemory(from: source)
      }
    }
    tail = end
  }

  /// Releases the memory that the waiting bytes do not need; the next byte allocates memory again.
  ///
  /// Call it when the peer is silent. The buffer of an incomplete frame then has at most one eighth more than
  /// the bytes that have arrived.
  public mutating func releaseStorage() {
    let used = tail - head
    guard storage.count - used > used / 8 else { return }
    storage = Array(storage[head..<tail])
    tail -= head
    head = 0
    isTight = false
  }

  /// The waiting bytes, which begin with the header of the first frame.
  public var waiting: ArraySlice<UInt8> { storage[head..<tail] }

  /// Ensures that `count` bytes fit after the waiting ones.
  ///
  /// If few bytes are waiting, they move to the front. If many are waiting, the buffer grows. Both happen at
  /// most once for each filled quarter of the buffer, so the cost is linear.
  private mutating func makeRoom(_ count: Int) {
    if isEmpty {
      head = 0
      tail = 0
    }
    let isTooSmall = isTight && storage.count < Self.burstCapacity
    guard isTooSmall || storage.count - tail < max(count, storage.count / 4) else { return }
    let waiting = tail - head
    if !isTooSmall, waiting + count <= storage.count / 2 {
      let start = head
      unsafe storage.withUnsafeMutableBytes { all in
        guard let base = all.baseAddress else { return }
        unsafe base.copyMemory(from: base + start, byteCount: waiting)
      }
    } else {
      let capacity = max(Self.initialCapacity, storage.count * 2, waiting + count)
      var larger = [UInt8](repeating: 0, count: capacity)
      unsafe larger.withUnsafeMutableBytes { new in
        unsafe storage.withUnsafeBytes { old in
          unsafe new.copyMemory(from: UnsafeRawBufferPointer(rebasing: old[head..<tail]))
        }
      }
      storage = larger
    }
    head = 0
    tail = waiting
  }
}
