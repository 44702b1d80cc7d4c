/// Cuts a stream of bytes into frames.
///
/// The decoder owns the one receive buffer of a connection. Bytes are put in by ``fill(_:)`` or
/// ``append(_:)``, in any pieces; ``next()`` hands out frame after frame as places in ``storage``.
/// The buffer grows with bytes received, never with a length that was only announced.
public struct FrameDecoder: Sendable {
  /// The buffer that frames point into.
  public private(set) var storage: [UInt8] = []
  /// Most bytes of payload a frame may announce; see ``WireLimits``.
  public var maximumPayload = WireLimits.payload64K

  private var head = 0
  private var tail = 0

  /// Whether the last read filled all the room it had: more may have been there.
  private var isTight = false

  /// The buffer's size when it is first needed: room for the usual command with its macros.
  ///
  /// A buffer of a page would leave a hole of nearly a page when an idle connection gives it back.
  private static let initialCapacity = 1024

  /// Beyond this it is not enlarged for many small frames in one burst.
  private static let burstCapacity = 16 * 1024

  /// Makes a decoder that holds no buffer yet.
  public init() {}

  /// Whether no byte is waiting; the buffer can be given back.
  public var isEmpty: Bool { head == tail }

  /// Takes the next whole frame.
  ///
  /// - Returns: the frame, or nil when more bytes are needed.
  /// - Throws: ``MilterError/Code/invalidFrameLength`` as soon as the four bytes of a length are
  ///   there, also for the lengths 0 and above 7fffffff, with which libmilter runs the byte that
  ///   follows as a command.
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

  /// Lets `body` write received bytes straight into the buffer.
  ///
  /// - Parameter body: writes from the start of the free space it is given and returns the count.
  /// - Returns: what `body` returned, clamped to the free space.
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

  /// Gives back the room that the waiting bytes do not need; the next byte makes new room.
  ///
  /// Call it when the peer falls silent. In the middle of a frame, the buffer then costs at most an
  /// eighth more than the bytes that have come.
  public mutating func releaseStorage() {
    let used = tail - head
    guard storage.count - used > used / 8 else { return }
    storage = Array(storage[head..<tail])
    tail -= head
    head = 0
    isTight = false
  }

  /// The bytes that wait, the first frame's header first.
  public var waiting: ArraySlice<UInt8> { storage[head..<tail] }

  /// Makes sure that `count` bytes fit after the waiting ones.
  ///
  /// Few waiting bytes are moved to the front, many make the buffer grow: both happen at most once
  /// for every quarter of the buffer that is filled, so the cost stays linear.
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
