import MilterCore
import Testing

@Suite struct SpanWireTests {
  @Test(arguments: [
    (offset: 0, number: 0x0102_0304 as UInt32?), (1, 0x0203_04FF), (2, nil), (5, nil), (99, nil),
    (-1, nil), (.max, nil), (.min, nil),
  ])
  func `Numbers are read only if all four bytes exist`(offset: Int, number: UInt32?) {
    let bytes: [UInt8] = [1, 2, 3, 4, 255]
    let read = bytes.span.bigEndian32(at: offset)
    #expect(read == number)
  }

  @Test(arguments: 0..<4)
  func `A number is not read from fewer than four bytes`(count: Int) {
    let bytes = [UInt8](repeating: 1, count: count)
    let read = bytes.span.bigEndian32(at: 0)
    #expect(read == nil)
  }

  @Test func `Strings end at NUL, and what follows the last NUL is not a string`() {
    let bytes = wire(#"a\x00\x00bc\x00lost"#)
    let strings = bytes.span.cStrings()
    #expect(strings == [0..<1, 2..<2, 3..<5])
    let places = [3, 6, 99].map { bytes.span.cString(at: $0) }
    #expect(places == [3..<5, nil, nil])
    let behind = bytes.span.cStrings(from: 99)
    #expect(behind.isEmpty)
  }

  @Test func `Text that is not UTF-8 is still readable`() {
    let bytes = wire(#"caf\xe9"#)
    let text = bytes.span.text(in: 0..<4)
    #expect(text == "caf\u{FFFD}")
    let copy = bytes.span.bytes(in: 3..<4)
    #expect(copy == [0xE9])
  }
}
