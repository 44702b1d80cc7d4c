import MilterCore
import Testing

@Suite struct MTACommandTests {
  @Test func `The samples cover every command`() {
    #expect(Set(CommandSample.all.map(\.value.code)) == Set(MTACommandCode.allCases))
  }

  @Test(arguments: CommandSample.all)
  func `A command is written as exactly these bytes`(sample: CommandSample) {
    #expect(sample.value.bytes == wire(sample.bytes))
  }

  @Test(arguments: CommandSample.all)
  func `The bytes are read as the command, together and byte by byte`(sample: CommandSample) throws
  {
    var whole = FrameDecoder()
    whole.append(wire(sample.bytes))
    let frame = try #require(try whole.next())
    #expect(try MTACommand(frame.code, Array(whole.storage[frame.payload])) == sample.value)

    var dripping = FrameDecoder()
    for byte in wire(sample.bytes) {
      #expect(try dripping.next() == nil)
      dripping.append([byte])
    }
    let dripped = try #require(try dripping.next())
    #expect(try MTACommand(dripped.code, Array(dripping.storage[dripped.payload])) == sample.value)
  }

  @Test(arguments: CommandSample.all)
  func `A truncated frame waits for more`(sample: CommandSample) throws {
    let bytes = wire(sample.bytes)
    for count in 0..<bytes.count {
      var decoder = FrameDecoder()
      decoder.append(bytes.prefix(count))
      #expect(try decoder.next() == nil, "\(count) bytes")
    }
  }

  @Test(arguments: CommandSample.all)
  func `A truncated payload is malformed, or read as far as it goes`(sample: CommandSample) {
    let payload = Array(wire(sample.bytes).dropFirst(5))
    for count in 0..<payload.count {
      let short = Array(payload.prefix(count))
      var read: MTACommand?
      let code = errorCode { read = try MTACommand(sample.value.code.rawValue, short) }
      #expect(read == sample.cut(short), "after \(count) bytes")
      #expect(code == (read == nil ? .malformedCommand : nil), "after \(count) bytes")
    }
  }

  @Test(arguments: CommandSample.all)
  func `One byte too many is malformed or ignored`(sample: CommandSample) {
    let long = Array(wire(sample.bytes).dropFirst(5)) + wire("x")
    var read: MTACommand?
    let code = errorCode { read = try MTACommand(sample.value.code.rawValue, long) }
    #expect(read == sample.long)
    #expect(code == (read == nil ? .malformedCommand : nil))
  }

  @Test(arguments: 0...255 as ClosedRange<UInt8>)
  func `Fifteen bytes are commands, all others are unknown`(byte: UInt8) {
    let known = "ABCDEHKLMNOQRTU".utf8.contains(byte)
    let code = errorCode { _ = try MTACommand(byte, wire(#"x\x00y\x00"#)) }
    #expect((MTACommandCode(rawValue: byte) != nil) == known)
    #expect((code == .unknownCommand) == !known)
  }

  @Test(arguments: "BCDHLMORU".utf8.map { $0 })
  func `Commands that need a payload are malformed without one`(byte: UInt8) {
    #expect(errorCode { _ = try MTACommand(byte, []) } == .malformedCommand)
    #expect(MTACommandCode(rawValue: byte)?.needsPayload == true)
  }

  @Test(arguments: "ANTQK".utf8.map { $0 })
  func `Unexpected data is ignored`(byte: UInt8) throws {
    #expect(MTACommandCode(rawValue: byte)?.needsPayload == false)
    #expect(try MTACommand(byte, wire("junk")) == MTACommand(byte, []))
  }

  @Test func `The errors describe what is wrong, and contain nothing of the mail`() {
    #expect(throws: MilterError.self) { try MTACommand(0x01, []) }
    let unknown = message { _ = try MTACommand(0x01, []) }
    #expect(unknown == "unknown command byte 0x1")
    let empty = message { _ = try MTACommand(0x42, []) }
    #expect(empty == "malformed body command: it is empty")
    let short = message { _ = try MTACommand(0x4F, wire(#"\x00\x00\x00\x06"#)) }
    #expect(short == "malformed negotiate command: 4 bytes are less than 12")
    let helo = message { _ = try MTACommand(0x48, wire("secret")) }
    #expect(helo == "malformed helo command: its string has no end")
    let mail = message { _ = try MTACommand(0x4D, wire("<secret>")) }
    #expect(mail == "malformed mail command: it holds no whole string")
  }

  private func message(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return (error as? MilterError)?.message
    }
  }
}
