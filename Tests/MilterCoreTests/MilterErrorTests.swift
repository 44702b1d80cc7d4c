import MilterCore
import Testing

@Suite struct MilterErrorTests {
  @Test func `Errors of one kind are equal whatever their message`() {
    let error = MilterError(.wrongTime, "too late")
    #expect(error == MilterError(.wrongTime, "too early"))
    #expect(error != MilterError(.notOffered, "too late"))
    #expect("\(error)" == "too late")
    #expect("\(error.code)" == "wrongTime")
  }

  @Test func `A frame error names the length and the limits`() {
    var decoder = FrameDecoder()
    decoder.append(wire(#"\x80\x00\x00\x00E"#))
    do {
      _ = try decoder.next()
      Issue.record("taken")
    } catch {
      #expect(error.message == "frame length 2147483648 is not between 1 and 65536")
    }
  }
}
