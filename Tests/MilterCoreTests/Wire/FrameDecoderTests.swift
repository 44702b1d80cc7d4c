import MilterCore
import MilterRandomFixtures
import Testing

/// Returns all complete frames as codes and payloads.
func drain(_ decoder: inout FrameDecoder) throws(MilterError) -> [[UInt8]] {
  var frames: [[UInt8]] = []
  while let frame = try decoder.next() {
    frames.append([frame.code] + decoder.storage[frame.payload])
  }
  return frames
}

@Suite struct FrameDecoderTests {
  @Test func `An empty decoder holds no buffer and no frame`() throws {
    var decoder = FrameDecoder()
    #expect(try decoder.next() == nil)
    #expect(decoder.isEmpty)
    #expect(decoder.storage.isEmpty)
  }

  @Test func `Several frames in one append are returned one after the other`() throws {
    var decoder = FrameDecoder()
    decoder.append(
      wire(#"\x00\x00\x00\x01N\x00\x00\x00\x08Hclient\x00\x00\x00\x00\x03Ba\x00\x00\x00"#))
    #expect(try drain(&decoder) == [wire("N"), wire(#"Hclient\x00"#), wire(#"Ba\x00"#)])
    #expect(!decoder.isEmpty)
    decoder.append(wire(#"\x00\x01Q"#))
    #expect(try drain(&decoder) == [wire("Q")])
    #expect(decoder.isEmpty)
  }

  @Test(arguments: [
    (length: #"\x00\x00\x00\x00"#, isLegal: false), (#"\x00\x00\x00\x01"#, true),
    (#"\x00\x01\x00\x00"#, true), (#"\x00\x01\x00\x01"#, false), (#"\x7f\xff\xff\xff"#, false),
    (#"\x80\x00\x00\x00"#, false), (#"\x80\x00\x00\x01"#, false), (#"\xff\xff\xff\xff"#, false),
  ])
  func `A length is checked at its fourth byte, before any that follow`(
    length: String, isLegal: Bool
  ) throws {
    var decoder = FrameDecoder()
    let length = wire(length)
    decoder.append(length.dropLast())
    #expect(try decoder.next() == nil, "a byte of the length is missing")
    decoder.append(length.suffix(1))
    #expect(errorCode { _ = try decoder.next() } == (isLegal ? nil : .invalidFrameLength))
  }

  @Test(arguments: [WireLimits.payload64K, WireLimits.payload256K, WireLimits.payload1M, 0, 20])
  func `The largest agreed payload passes, one byte more does not`(limit: Int) throws {
    let payload = [UInt8](repeating: 0x7A, count: limit)
    var decoder = FrameDecoder()
    decoder.maximumPayload = limit
    decoder.append(frame(0x42, payload))
    #expect(try drain(&decoder) == [[0x42] + payload])
    decoder.append(frame(0x42, payload + [0]).prefix(5))
    #expect(throws: MilterError(.invalidFrameLength, "")) { try decoder.next() }
  }

  @Test func `The sizes are those of libmilter's headers`() {
    #expect(WireLimits.payload64K == 65_535)
    #expect(WireLimits.payload256K == 262_143)
    #expect(WireLimits.payload1M == 1_048_575)
    #expect(FrameDecoder().maximumPayload == 65_535)
  }

  @Test(arguments: 0..<16 as Range<UInt64>)
  func `Any split of a stream gives the same frames`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var stream: [UInt8] = []
    var expected: [[UInt8]] = []
    for _ in 0..<60 {
      let size = Int.random(in: 0...(Bool.random(using: &random) ? 12 : 4000), using: &random)
      let code = UInt8.random(in: 0...255, using: &random)
      let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &+ Int(code)) }
      expected.append([code] + payload)
      stream += frame(code, payload)
    }
    var decoder = FrameDecoder()
    var frames: [[UInt8]] = []
    var rest = stream[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 0...2500, using: &random))
      rest = rest.dropFirst(piece.count)
      if Bool.random(using: &random) {
        decoder.append(piece)
      } else {
        fill(&decoder, piece)
      }
      // Sometimes several frames wait in the buffer before they are read.
      if Bool.random(using: &random) { frames += try drain(&decoder) }
    }
    frames += try drain(&decoder)
    #expect(frames == expected)
    #expect(decoder.isEmpty)
  }

  /// Appends bytes like a socket: as many as there is space for, until all are in the buffer.
  private func fill(_ decoder: inout FrameDecoder, _ piece: ArraySlice<UInt8>) {
    var rest = piece
    while !rest.isEmpty {
      let count = decoder.fill { room in
        let count = min(room.byteCount, rest.count)
        for (offset, byte) in rest.prefix(count).enumerated() {
          room.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
        }
        return count
      }
      rest = rest.dropFirst(count)
    }
  }
}
