import MilterCore
import MilterSystem

/// The received bytes of a connection that were not handled yet, divided into frames.
///
/// It does the same as ``/MilterCore/FrameDecoder``, in memory that is not zeroed. While a thread of the pool
/// serves the connection, the buffer uses the thread's memory, and allocates nothing. When the thread leaves,
/// the waiting bytes are copied to a block of their size.
///
/// Pointers and spans into it are valid until it makes room, moves, or rests.
struct ReceiveBuffer: ~Copyable {
  /// The memory with the bytes, and its size.
  private var start: UnsafeMutableRawPointer?
  private var capacity = 0
  /// Whether the memory is a block that was allocated here.
  private var isOwn = false
  /// The thread's memory, until it is used or is found to be too small.
  private var lent: PageMemory?
  private var head = 0
  private var tail = 0
  /// Whether the last read filled a block that was allocated here, so that more bytes may be available.
  private var isTight = false
  /// The maximum `tail` that leaves enough space for a read: three quarters of the memory.
  private var lastTail = -1

  /// The maximum payload of a frame in bytes; see ``/MilterCore/WireLimits``.
  var maximumPayload = WireLimits.payload64K

  /// The size of a thread's memory, which is enough for a burst of commands with a usual header.
  ///
  /// Larger frames get their own block, which is released when the thread leaves. A thread keeps each page that
  /// it has written to. With 128 KiB, bodies of 1 MB took 1.3 times as long, on one processor.
  static let lentSize = 32 * 1024
  /// The initial size of a block that is allocated here, which is enough for a command with its macros.
  private static let initialCapacity = 1024
  /// The size above which an allocated block does not grow for many small frames in one burst.
  private static let burstCapacity = 16 * 1024

  init() {}

  deinit { if isOwn { memory.deallocate() } }

  /// All of the memory.
  private var memory: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: start, count: capacity)
  }

  /// Whether no bytes are waiting.
  var isEmpty: Bool { head == tail }

  /// The waiting bytes, which begin with the header of the first frame.
  var waiting: [UInt8] { Array(memory[head..<tail]) }

  /// Returns the first bytes that have arrived, if none has been handled.
  func first(_ count: Int) -> [UInt8] { Array(memory[..<min(count, tail)]) }

  // MARK: Frames

  /// Returns the next whole frame; see ``/MilterCore/FrameDecoder/next()``.
  @inline(__always)
  mutating func next() throws(MilterError) -> Frame? {
    let count = tail &- head
    guard count >= WireLimits.lengthSize, let start else { return nil }
    // All of these bytes were received, because they are before `tail`.
    let length = Int(
      UInt32(bigEndian: start.loadUnaligned(fromByteOffset: head, as: UInt32.self)))
    guard length >= 1, length &- 1 <= maximumPayload else {
      throw FrameDecoder.invalidLength(length, maximumPayload)
    }
    guard count >= WireLimits.lengthSize &+ length else { return nil }
    let code = start.load(fromByteOffset: head &+ WireLimits.lengthSize, as: UInt8.self)
    let payload = head &+ WireLimits.headerSize
    head = head &+ WireLimits.lengthSize &+ length
    // The length counts the code, so it is at least 1.
    return Frame(code: code, payload: Range(uncheckedBounds: (payload, head)))
  }

  /// All bytes of the memory, which contains the frames.
  var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(
      start: UnsafePointer(start?.assumingMemoryBound(to: UInt8.self)), count: capacity)
  }

  // MARK: Receiving

  /// Returns space for at least one byte.
  ///
  /// Bytes in it count after ``received(_:)``.
  @inline(__always)
  mutating func room() -> UnsafeMutableRawBufferPointer {
    if head == tail {
      head = 0
      tail = 0
      // The block is one for a suspended callback's command.
      if isOwn, lent != nil { makeRoom() }
    }
    if isTight || tail > lastTail { makeRoom() }
    return UnsafeMutableRawBufferPointer(
      start: start.unsafelyUnwrapped + tail, count: capacity &- tail)
  }

  /// Notes that bytes were written into the space.
  @inline(__always)
  mutating func received(_ count: Int) {
    precondition(count <= capacity &- tail, "more bytes than there was room for")
    tail &+= count
    isTight = isOwn && tail == capacity && capacity < Self.burstCapacity
  }

  /// Appends bytes from memory.
  mutating func append(_ bytes: ByteWriter) {
    bytes.storage.withUnsafeBytes { storage in
      var place = 0
      while place < bytes.count {
        let room = room()
        let end = min(place + room.count, bytes.count)
        room.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[place..<end]))
        received(end - place)
        place = end
      }
    }
  }

  /// Moves a few waiting bytes to the front, or allocates larger memory for many.
  ///
  /// Both happen at most once for each filled quarter of the memory, so the cost is linear.
  private mutating func makeRoom() {
    let waiting = tail - head
    if let lent, waiting <= lent.bytes.count / 2 {
      move(to: lent.bytes, isOwn: false)
    } else if !isTight, waiting + 1 <= memory.count / 2 {
      move(to: memory, isOwn: isOwn)
    } else {
      let size = max(Self.initialCapacity, memory.count * 2)
      move(to: .allocate(byteCount: size, alignment: 16), isOwn: true)
    }
    // A frame that did not fit into the thread's memory does not return there.
    lent = nil
    isTight = false
  }

  /// Moves the waiting bytes to the start of other memory, or of the same memory.
  private mutating func move(to target: UnsafeMutableRawBufferPointer, isOwn: Bool) {
    if head < tail {
      // The regions may overlap. The target has room for the waiting bytes.
      target.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[head..<tail]))
    }
    if self.isOwn, target.baseAddress != memory.baseAddress { memory.deallocate() }
    start = target.baseAddress
    capacity = target.count
    lastTail = target.count - max(1, target.count / 4)
    self.isOwn = isOwn
    tail -= head
    head = 0
  }

  // MARK: The thread's memory

  /// Sets the memory of the thread that serves the connection, for the next bytes.
  mutating func lend(_ memory: PageMemory?) {
    lent = memory
    // Without an allocated block, there are no bytes to move, and no frame is being handled.
    if memory != nil, !isOwn { makeRoom() }
  }

  /// Returns the thread's memory, and releases space that is not needed.
  ///
  /// For an incomplete frame, the block has the size of the bytes that have arrived.
  /// - Parameter frame: The frame that is being handled, which is kept.
  /// - Returns: The new position of that frame.
  mutating func rest(keeping frame: Frame?) -> Frame? {
    lent = nil
    let start = frame?.payload.lowerBound ?? head
    let (used, taken) = (tail - start, head - start)
    guard used < memory.count || !isOwn else { return frame }
    head = start
    if used > 0 {
      move(to: .allocate(byteCount: used, alignment: 16), isOwn: true)
    } else {
      move(to: UnsafeMutableRawBufferPointer(start: nil, count: 0), isOwn: false)
    }
    head = taken
    isTight = false
    return frame.map {
      Frame(
        code: $0.code, payload: $0.payload.lowerBound - start..<$0.payload.upperBound - start)
    }
  }
}
