import MilterCore
import Testing

@Suite struct FilterReplyTests {
  @Test func `The samples cover every reply`() {
    #expect(Set(ReplySample.all.map(\.value.code)) == Set(FilterReplyCode.allCases))
  }

  @Test(arguments: ReplySample.all)
  func `A reply is written as exactly these bytes`(sample: ReplySample) {
    #expect(sample.value.bytes == wire(sample.bytes))
  }

  @Test(arguments: ReplySample.all)
  func `The bytes are read as the reply, together and byte by byte`(sample: ReplySample) throws {
    var whole = FrameDecoder()
    whole.append(wire(sample.bytes))
    let frame = try #require(try whole.next())
    #expect(try FilterReply(frame.code, Array(whole.storage[frame.payload])) == sample.value)

    var dripping = FrameDecoder()
    for byte in wire(sample.bytes) {
      #expect(try dripping.next() == nil)
      dripping.append([byte])
    }
    let dripped = try #require(try dripping.next())
    #expect(try FilterReply(dripped.code, Array(dripping.storage[dripped.payload])) == sample.value)
  }

  @Test(arguments: ReplySample.all)
  func `A truncated frame waits for more`(sample: ReplySample) throws {
    let bytes = wire(sample.bytes)
    for count in 0..<bytes.count {
      var decoder = FrameDecoder()
      decoder.append(bytes.prefix(count))
      #expect(try decoder.next() == nil, "\(count) bytes")
    }
  }

  @Test(arguments: ReplySample.all)
  func `A truncated payload is malformed, unless it is another reply`(sample: ReplySample) {
    let payload = Array(wire(sample.bytes).dropFirst(5))
    for count in 0..<payload.count {
      var read: FilterReply?
      let code = errorCode {
        read = try FilterReply(sample.value.code.rawValue, Array(payload.prefix(count)))
      }
      #expect(read == sample.shorter[count], "after \(count) bytes")
      #expect(code == (read == nil ? .malformedReply : nil), "after \(count) bytes")
    }
  }

  @Test(arguments: ReplySample.all)
  func `One byte too many is an error`(sample: ReplySample) {
    let long = Array(wire(sample.bytes).dropFirst(5)) + wire("x")
    var read: FilterReply?
    let code = errorCode { read = try FilterReply(sample.value.code.rawValue, long) }
    #expect(read == sample.longer)
    #expect(code == (read == nil ? .malformedReply : nil))
  }

  @Test(arguments: 0...255 as ClosedRange<UInt8>)
  func `Twenty bytes are replies, all others are unknown`(byte: UInt8) {
    let known = "+-24Oabcdefhimpqrsty".utf8.contains(byte)
    let code = errorCode { _ = try FilterReply(byte, []) }
    #expect((FilterReplyCode(rawValue: byte) != nil) == known)
    #expect((code == .unknownReply) == !known)
  }

  @Test(arguments: [
    ("h", #"a\x00b\x00c\x00"#), ("h", #"a\x00"#), ("i", #"\x00\x00\x00\x01a\x00b\x00c\x00"#),
    ("m", #"\x00\x00\x00"#), ("e", #"a\x00b\x00c\x00"#), ("2", #"a\x00b\x00c\x00"#), ("e", ""),
    ("+", #"a\x00b\x00"#), ("-", ""), ("q", ""), ("y", #"550\x00x\x00"#),
    ("O", #"\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07j\x00"#),
  ])
  func `Too many or too few strings are malformed`(code: String, payload: String) throws {
    let byte = try #require(code.utf8.first)
    #expect(errorCode { _ = try FilterReply(byte, wire(payload)) } == .malformedReply)
  }

  @Test func `Macro lists come in the order in which they were sent`() throws {
    // This payload is recorded from libmilter. It has lists for the stages 0, 3, and 6.
    let payload =
      #"\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x07\x7f\x00\x00\x00\x00j {x}\x00"#
      + #"\x00\x00\x00\x03{rcpt_addr}\x00\x00\x00\x00\x06\x00"#
    let reply = FilterReply.negotiate(
      .init(
        options: .init(actions: .all, steps: .init(rawValue: 0x77F)),
        macroLists: [
          .init(stage: .connect, macros: wire("j {x}")),
          .init(stage: .envrcpt, macros: wire("{rcpt_addr}")), .init(stage: .eoh, macros: []),
        ]))
    #expect(try FilterReply(0x4F, wire(payload)) == reply)
    #expect(Array(reply.bytes.dropFirst(5)) == wire(payload))
  }
}
