import MilterFilterFixtures
import MilterCore
import MilterKit
import MilterProcessFixtures
import Testing

/// The log lines and calls at the end of a connection.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct LastWordsTests {
  /// The frames have no command, an unknown command, and too many bytes.
  @Test(arguments: [
    [0, 0, 0, 0, 0x45], [0, 0, 0, 1, UInt8(ascii: "X")], [0xFF, 0xFF, 0xFF, 0xFF, 0],
  ])
  func `Commands before bad bytes are answered`(bad: [UInt8]) throws {
    let server = try TestServer { ScriptedFilter() }
    let mta = try server.connect()
    let helo = MTACommand.helo(bytes("x")).bytes
    try mta.send(bytes: TestMTA.offer.bytes + helo + helo + bad)
    #expect(try mta.receive()?.code == .negotiate)
    #expect(try mta.receive() == .continue)
    #expect(try mta.receive() == .continue)
    #expect(try mta.receive() == nil)
  }

  @Test func `Close can still ask for macros`() throws {
    let journal = Journal()
    let server = try TestServer {
      ScriptedFilter { filter, callback in
        if callback == .close { journal.note(filter.getsymval("j") ?? "nil") }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.send(TestMTA.offer, .macro(UInt8(ascii: "C"), [MilterMacro("j", "mx")]))
    _ = try mta.receive()
    try mta.quit()
    server.server.stop()
    #expect(journal.all == ["mx"])
  }

  @Test func `The last chunk reaches a filter without eom`() throws {
    final class OnlyBody: Milter {
      override func body(_ chunk: RawSpan) throws -> Status {
        chunk.byteCount == 4 ? .reject : .continue
      }
    }
    let server = try TestServer { OnlyBody() }
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope()
    #expect(try mta.ask(.endOfBody(bytes("tail"))) == [.reject])
  }

  @Test func `Abort cannot change the message that an end out of order brought`() throws {
    let journal = Journal()
    let server = try TestServer {
      ScriptedFilter { filter, callback in
        guard callback == .abort else { return .continue }
        do { try filter.addheader("X", "v") } catch { journal.note("\(error)") }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    _ = try mta.ask(.mail([bytes("<a@b>")]))
    try mta.send(.endOfBody([]), .helo(bytes("x")))
    #expect(try mta.receive() == .continue)
    #expect(journal.all == ["addheader may be called in eom only"])
  }
}
