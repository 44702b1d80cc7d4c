import MilterCore
import MilterRandomFixtures
import Testing

@Suite struct FrameDecoderBufferTests {
  /// The initial buffer size of a decoder.
  private let initial = 1024

  @Test func `Announced bytes take no memory`() throws {
    var decoder = FrameDecoder()
    decoder.maximumPayload = WireLimits.payload1M
    decoder.append(wire(#"\x00\x10\x00\x00B"#))
    #expect(try decoder.next() == nil)
    #expect(decoder.storage.count == initial)
    decoder.append([UInt8](repeating: 1, count: 5000))
    #expect(try decoder.next() == nil)
    #expect(decoder.storage.count <= 4 * 5005)
  }

  @Test func `The buffer is at most four times as large as what waits`() throws {
    var random = SplitMix64(seed: 7)
    var decoder = FrameDecoder()
    decoder.maximumPayload = WireLimits.payload1M
    decoder.append(wire(#"\x00\x10\x00\x00B"#))
    var waiting = 5
    while waiting + 3000 < 1_048_580 {
      let count = Int.random(in: 1...3000, using: &random)
      decoder.append(repeatElement(UInt8(0), count: count))
      waiting += count
      #expect(decoder.storage.count <= 4 * waiting + initial)
    }
  }

  @Test func `A buffer that is emptied repeatedly does not grow`() throws {
    var decoder = FrameDecoder()
    let command = frame(0x4C, [UInt8](repeating: 0x61, count: 175))
    // The pieces end inside frames, so that the buffer keeps an incomplete frame at nearly every
    // step.
    let stream = (0..<2000).flatMap { _ in command }
    var frames = 0
    for start in stride(from: 0, to: stream.count, by: 125) {
      decoder.append(stream[start..<min(start + 125, stream.count)])
      while try decoder.next() != nil { frames += 1 }
      #expect(decoder.storage.count == initial)
    }
    #expect(frames == 2000)
  }

  @Test func `fill offers space and counts what was written`() throws {
    var decoder = FrameDecoder()
    let none = decoder.fill { room in
      #expect(room.byteCount >= 1024)
      return 0
    }
    #expect(none == 0)
    #expect(decoder.isEmpty)
    let count = decoder.fill { room in
      for (offset, byte) in wire(#"\x00\x00\x00\x01T"#).enumerated() {
        room.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
      }
      return 5
    }
    #expect(count == 5)
    #expect(try drain(&decoder) == [wire("T")])
  }

  @Test(arguments: [(claim: -1, taken: 0), (Int.min, 0), (Int.max, 1024)])
  func `fill accepts no count beyond its buffer`(claim: Int, taken: Int) {
    var decoder = FrameDecoder()
    #expect(decoder.fill { _ in claim } == taken)
    #expect(decoder.isEmpty == (taken == 0))
  }

  @Test func `A burst that fills the buffer gets more room the next time, up to a limit`() throws {
    var decoder = FrameDecoder()
    let burst = (0..<4000).flatMap { _ in frame(0x4C, [UInt8](repeating: 0x61, count: 15)) }
    var sent = 0
    var rooms: [Int] = []
    while sent < burst.count {
      sent += decoder.fill { room in
        let count = min(room.byteCount, burst.count - sent)
        for offset in 0..<count {
          room.storeBytes(of: burst[sent + offset], toByteOffset: offset, as: UInt8.self)
        }
        rooms.append(room.byteCount)
        return count
      }
      while try decoder.next() != nil {}
    }
    #expect(decoder.isEmpty)
    #expect(rooms.first == initial)
    #expect(rooms.count < 10)
    #expect(decoder.storage.count == 16 * initial)
  }

  @Test func `fill passes on an error and keeps what waits`() throws {
    var decoder = FrameDecoder()
    decoder.append(wire(#"\x00\x00\x00"#))
    #expect(throws: MilterError(.wrongTime, "")) {
      try decoder.fill { _ in throw MilterError(.wrongTime, "no bytes today") }
    }
    decoder.append(wire(#"\x01Q"#))
    #expect(try drain(&decoder) == [wire("Q")])
  }

  @Test func `The buffer is released except for what waits`() throws {
    var decoder = FrameDecoder()
    decoder.append(wire(#"\x00\x00\x00\x01N\x00"#))
    decoder.releaseStorage()
    #expect(decoder.storage.count == 6)
    #expect(try drain(&decoder) == [wire("N")])
    decoder.releaseStorage()
    #expect(!decoder.isEmpty, "half a length is still in the buffer")
    decoder.append(wire(#"\x00\x00\x01Q"#))
    #expect(try drain(&decoder) == [wire("Q")])
    decoder.releaseStorage()
    #expect(decoder.storage.isEmpty)
    decoder.append(wire(#"\x00\x00\x00\x01A"#))
    #expect(try drain(&decoder) == [wire("A")])
  }

  @Test(arguments: [100, 700, 5_000, 40_000, 65_000])
  func `A partial frame takes hardly more memory than its bytes`(count: Int) throws {
    var decoder = FrameDecoder()
    decoder.append(wire(#"\x00\x01\x00\x00B"#))
    decoder.append(repeatElement(UInt8(1), count: count))
    #expect(try decoder.next() == nil)
    decoder.releaseStorage()
    #expect(decoder.storage.count <= (count + 5) * 9 / 8)
    decoder.append(repeatElement(UInt8(1), count: 65_535 - count))
    #expect(try decoder.next()?.payload.count == 65_535)
  }
}
