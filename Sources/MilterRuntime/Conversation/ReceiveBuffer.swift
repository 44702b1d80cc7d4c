import MilterCore
import MilterSystem

/// The bytes of a connection that were received and not worked on yet, cut into frames.
///
/// It does what ``/MilterCore/FrameDecoder`` does, in memory that is not zeroed. While a thread of the pool serves
/// the connection, the memory is the thread's, and nothing is allocated. What waits when the thread leaves is
/// copied to a block of its size.
///
/// Pointers and spans into it are good until it is told to make room, to move, or to rest.
struct ReceiveBuffer: ~Copyable {
  /// Where the bytes are.
  private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// Whether it is a block that was allocated here.
  private var isOwn = false
  /// The thread's memory, until it is used or turns out to be too small.
  private var lent: PageMemory?
  private var head = 0
  private var tail = 0
  /// Whether the last read filled all the room of an own block: more may have been there.
  private var isTight = false

  /// Most bytes of payload a frame may announce; see ``/MilterCore/WireLimits``.
  var maximumPayload = WireLimits.payload64K

  /// The size of a thread's memory: a burst of commands fits, and a usual header.
  ///
  /// Larger frames get an own block, which goes when the thread leaves: a thread keeps each page it has
  /// written to.
  static let lentSize = 32 * 1024
  /// The size of an own block when it is first needed: room for the usual command with its macros.
  private static let initialCapacity = 1024
  /// Beyond this an own block is not enlarged for many small frames in one burst.
  private static let burstCapacity = 16 * 1024

  init() {}

  deinit { if isOwn { memory.deallocate() } }

  /// Whether no byte is waiting.
  var isEmpty: Bool { head == tail }

  /// The bytes that wait, the first frame's header first.
  var waiting: [UInt8] { Array(memory[head..<tail]) }

  /// The first bytes that came, at most this number of them, if none has been worked on.
  func first(_ count: Int) -> [UInt8] { Array(memory[..<min(count, tail)]) }

  // MARK: Frames

  /// Takes the next whole frame; see ``/MilterCore/FrameDecoder/next()``.
  @inline(__always)
  mutating func next() throws(MilterError) -> Frame? {
    let count = tail &- head
    guard count >= WireLimits.lengthSize, let start = memory.baseAddress else { return nil }
    // All of these bytes were received: they lie before `tail`.
    let length = Int(
      UInt32(bigEndian: start.loadUnaligned(fromByteOffset: head, as: UInt32.self)))
    guard length >= 1, length &- 1 <= maximumPayload else {
      throw FrameDecoder.invalidLength(length, maximumPayload)
    }
    guard count >= WireLimits.lengthSize &+ length else { return nil }
    let code = start.load(fromByteOffset: head &+ WireLimits.lengthSize, as: UInt8.self)
    let payload = head &+ WireLimits.headerSize..<head &+ WireLimits.lengthSize &+ length
    head = payload.upperBound
    return Frame(code: code, payload: payload)
  }

  /// All bytes of the memory, in which frames have their places.
  var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeRawBufferPointer(memory).assumingMemoryBound(to: UInt8.self)
  }

  // MARK: Receiving

  /// Returns room for at least one byte; what is written there counts once ``received(_:)`` is called.
  @inline(__always)
  mutating func room() -> UnsafeMutableRawBufferPointer {
    if head == tail {
      head = 0
      tail = 0
    }
    if isTight || memory.count &- tail < max(1, memory.count / 4) { makeRoom() }
    return UnsafeMutableRawBufferPointer(rebasing: memory[tail...])
  }

  /// Bytes were written into the room.
  @inline(__always)
  mutating func received(_ count: Int) {
    precondition(count <= memory.count - tail, "more bytes than there was room for")
    tail += count
    isTight = isOwn && tail == memory.count && memory.count < Self.burstCapacity
  }

  /// Moves few waiting bytes to the front, or takes larger memory for many.
  ///
  /// Both happen at most once for every quarter of the memory that is filled, so the cost stays linear.
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
    // A frame that did not fit into the thread's memory does not go back there.
    lent = nil
    isTight = false
  }

  /// Moves what waits to the start of other memory, or of the same.
  private mutating func move(to target: UnsafeMutableRawBufferPointer, isOwn: Bool) {
    if head < tail {
      // The regions may overlap; the target is at least as large as what waits.
      target.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[head..<tail]))
    }
    if self.isOwn, target.baseAddress != memory.baseAddress { memory.deallocate() }
    memory = target
    self.isOwn = isOwn
    tail -= head
    head = 0
  }

  // MARK: The thread's memory

  /// Takes the memory of the thread that serves the connection from now on, to be used for what comes next.
  mutating func lend(_ memory: PageMemory?) {
    lent = memory
    // Without own memory there is nothing to move, nor a frame that is being worked on.
    if memory != nil, !isOwn { makeRoom() }
  }

  /// Gives the thread's memory back, and the room that is not needed.
  ///
  /// In the middle of a frame the block then has the size of the bytes that have come.
  /// - Parameter frame: the frame that is being worked on, which is kept.
  /// - Returns: where that frame is now.
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
