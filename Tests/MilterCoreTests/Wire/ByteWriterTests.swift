import MilterCore
import Testing

@Suite struct ByteWriterTests {
  @Test func `Numbers are in network order, strings end with NUL`() {
    var writer = ByteWriter()
    #expect(writer.isEmpty)
    writer.append(0x41)
    writer.append16(0x0102)
    writer.append32(0xFFEE_DDCC)
    writer.append(cString: "ab".utf8)
    writer.append([1, 2])
    writer.append([UInt8]([3, 4]).span.bytes)
    #expect(writer.bytes == wire(#"A\x01\x02\xff\xee\xdd\xccab\x00\x01\x02\x03\x04"#))
    #expect(writer.count == 14)
    #expect(!writer.isEmpty)
  }

  @Test func `A frame's length counts its code and payload`() {
    var writer = ByteWriter()
    writer.frame(0x63)
    writer.frame(0x68) { $0.append(cString: "X".utf8) }
    writer.frame(0x62) { $0.append([UInt8](repeating: 7, count: 65_535)) }
    #expect(writer.bytes.prefix(12) == wire(#"\x00\x00\x00\x01c\x00\x00\x00\x03hX\x00"#)[...])
    #expect(writer.bytes.dropFirst(12).prefix(5) == wire(#"\x00\x01\x00\x00b"#)[...])
    #expect(writer.count == 12 + 5 + 65_535)
  }

  @Test(arguments: [
    #"\x00\x00\x00\x01c\x00\x00\x00\x01c"#, #"\x00\x00\x00\x01d\x00\x00\x00\x01c"#,
    #"\x00\x00\x00\x02cc\x00\x00\x00\x01c"#, #"\x00\x00\x00\x01"#, "",
  ])
  func `A frame does not depend on earlier bytes`(earlier: String) {
    var writer = ByteWriter()
    writer.append(wire(earlier))
    writer.removeAll()
    for number in 1...30 {
      writer.frame(0x63)
      let expected = (0..<number).flatMap { _ in wire(#"\x00\x00\x00\x01c"#) }
      #expect(writer.bytes == expected)
    }
  }

  @Test func `A copy of emptied bytes does not share later frames`() {
    var writer = ByteWriter()
    writer.frame(0x63)
    writer.removeAll()
    var copy = writer
    writer.frame(0x63)
    copy.frame(0x64)
    #expect(writer.bytes == wire(#"\x00\x00\x00\x01c"#))
    #expect(copy.bytes == wire(#"\x00\x00\x00\x01d"#))
  }

  @Test func `Many appends grow the buffer by factors, not by steps`() {
    var writer = ByteWriter()
    let chunk = [UInt8](repeating: 0, count: 1000)
    var capacities: Set<Int> = []
    for _ in 0..<2000 {
      writer.append(chunk.span.bytes)
      capacities.insert(writer.storage.count)
    }
    // Each change of capacity copies all bytes: 2 MB must not be copied hundreds of times.
    #expect(capacities.count < 40)
  }

  @Test func `Cleared bytes do not come back`() {
    var writer = ByteWriter()
    writer.append([1, 2, 3, 4])
    writer.removeFirst(3)
    #expect(writer.bytes == [4])
    writer.append([5])
    #expect(writer.bytes == [4, 5])
    writer.removeFirst(3)
    #expect(writer.isEmpty)
    writer.append([6, 7])
    writer.removeAll()
    #expect(writer.bytes == [])
    writer.append(8)
    #expect(writer.bytes == [8])
  }

  @Test func `Memory above the limit is released`() {
    var writer = ByteWriter()
    writer.append([UInt8](repeating: 0, count: 10_000))
    writer.removeAll()
    #expect(writer.isEmpty)
    #expect(writer.storage.count >= 10_000)
    writer.append([UInt8](repeating: 0, count: 100_000))
    writer.removeAll()
    #expect(writer.storage.count < 16 * 1024)
  }
}
