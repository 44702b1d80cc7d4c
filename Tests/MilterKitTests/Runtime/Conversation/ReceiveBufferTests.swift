import MilterCore
import MilterRandomFixtures
import MilterSystem
import Testing

@testable import MilterRuntime

/// The buffer for a connection's bytes, with and without the memory of a thread.
@Suite struct ReceiveBufferTests {
  private func frame(_ code: UInt8, _ payload: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.frame(code) { $0.append(payload) }
    return writer.bytes
  }

  /// Appends bytes as far as they fit, and returns their number.
  private func fill(_ buffer: inout ReceiveBuffer, _ bytes: ArraySlice<UInt8>) -> Int {
    let room = buffer.room()
    let count = min(room.count, bytes.count)
    room.copyBytes(from: bytes.prefix(count))
    buffer.received(count)
    return count
  }

  private func payload(_ frame: Frame, _ buffer: borrowing ReceiveBuffer) -> [UInt8] {
    Array(buffer.bytes[frame.payload])
  }

  @Test(arguments: 0..<40)
  func `Any pieces give the frames of a FrameDecoder, wherever threads come and go`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let memory = try #require(PageMemory(size: ReceiveBuffer.lentSize))
    let large = seed % 4 == 0
    var stream: [UInt8] = []
    for _ in 0..<(large ? 12 : 300) {
      let size = Int.random(in: 0...(large ? 200_000 : 700), using: &random)
      stream += frame(
        UInt8.random(in: 0x41...0x55, using: &random),
        (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }
    var buffer = ReceiveBuffer()
    var decoder = FrameDecoder()
    buffer.maximumPayload = WireLimits.payload1M
    decoder.maximumPayload = WireLimits.payload1M
    decoder.append(stream)
    var sent = 0
    var frames = 0
    while sent < stream.count {
      switch Int.random(in: 0..<8, using: &random) {
      case 0: _ = buffer.rest(keeping: nil)
      case 1:
        _ = buffer.rest(keeping: nil)
        // In the meantime, another connection overwrites the memory.
        memory.bytes.initializeMemory(as: UInt8.self, repeating: 0xFF)
        buffer.lend(memory)
      default: break
      }
      let piece = Int.random(in: 1...(large ? 70_000 : 900), using: &random)
      sent += fill(&buffer, stream[sent..<min(sent + piece, stream.count)])
      while let frame = try buffer.next() {
        let expected = try #require(try decoder.next())
        #expect(frame.code == expected.code)
        let wanted = Array(decoder.storage[expected.payload])
        let bytes = payload(frame, buffer)
        #expect(bytes == wanted)
        frames += 1
        guard Int.random(in: 0..<10, using: &random) == 0 else { continue }
        // A callback for this frame suspends, and continues on another thread.
        guard let moved = buffer.rest(keeping: frame) else {
          Issue.record("the frame is gone")
          return
        }
        memory.bytes.initializeMemory(as: UInt8.self, repeating: 0xFF)
        let kept = payload(moved, buffer)
        buffer.lend(memory)
        let still = payload(moved, buffer)
        #expect(kept == wanted)
        #expect(still == wanted)
      }
    }
    let isEmpty = buffer.isEmpty
    #expect(isEmpty)
    #expect(try decoder.next() == nil)
    #expect(frames == (large ? 12 : 300))
  }

  @Test
  func
    `An idle connection leaves its thread's memory, and waiting bytes take no more space`()
    throws
  {
    let memory = try #require(PageMemory(size: ReceiveBuffer.lentSize))
    var buffer = ReceiveBuffer()
    buffer.lend(memory)
    let start = try #require(memory.bytes.baseAddress)
    let room = buffer.room().baseAddress
    #expect(room == start)
    _ = fill(&buffer, frame(0x4C, [1, 2, 3]) + [0, 0, 0])
    let first = try buffer.next()
    #expect(first?.code == 0x4C)
    _ = buffer.rest(keeping: nil)
    let (size, waiting) = (buffer.bytes.count, buffer.waiting)
    #expect(size == 3)
    #expect(waiting == [0, 0, 0])
    buffer.lend(memory)
    let (nextRoom, moved) = (buffer.room().baseAddress, buffer.waiting)
    #expect(nextRoom == start + 3)
    #expect(moved == [0, 0, 0])
    _ = fill(&buffer, [1, 0x54])
    let second = try buffer.next()
    #expect(second?.code == 0x54)
    _ = buffer.rest(keeping: nil)
    let rest = buffer.bytes.count
    #expect(rest == 0)
  }

  @Test(arguments: [0, 65_537, 0x7FFF_FFFF, 0x8000_0000, .max] as [UInt32])
  func `Lengths that are not allowed are the decoder's errors`(length: UInt32) throws {
    var writer = ByteWriter()
    writer.append32(length)
    var buffer = ReceiveBuffer()
    var decoder = FrameDecoder()
    decoder.append(writer.bytes)
    let expected = #expect(throws: MilterError.self) { try decoder.next() }
    _ = fill(&buffer, writer.bytes[...])
    do {
      _ = try buffer.next()
      Issue.record("\(length) is taken")
    } catch {
      #expect(error == expected)
      #expect(error.description == expected?.description)
    }
    let first = buffer.first(8)
    #expect(first == writer.bytes)
  }

  @Test func `After a suspended callback, bytes come into the thread's memory again`() throws {
    let memory = try #require(PageMemory(size: ReceiveBuffer.lentSize))
    var writer = ByteWriter()
    MTACommand.mail([Array("<a@b>".utf8)]).write(to: &writer)
    var buffer = ReceiveBuffer()
    buffer.lend(memory)
    _ = fill(&buffer, writer.bytes[...])
    let frame = try buffer.next()
    let kept = buffer.rest(keeping: frame)
    let size = buffer.bytes.count
    #expect(size == writer.bytes.count - WireLimits.headerSize)
    #expect(kept?.payload == 0..<size)
    buffer.lend(memory)
    let room = buffer.room().count
    #expect(room == ReceiveBuffer.lentSize)
  }

  @Test func `Announced memory is not allocated`() throws {
    let memory = try #require(PageMemory(size: ReceiveBuffer.lentSize))
    var buffer = ReceiveBuffer()
    buffer.maximumPayload = WireLimits.payload1M
    buffer.lend(memory)
    _ = fill(&buffer, [0, 0x10, 0, 0, 0x42])
    let frame = try buffer.next()
    let size = buffer.bytes.count
    _ = buffer.rest(keeping: nil)
    let rest = buffer.bytes.count
    #expect(frame == nil)
    #expect(size == ReceiveBuffer.lentSize)
    #expect(rest == 5)
  }
}
