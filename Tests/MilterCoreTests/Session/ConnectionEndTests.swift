import MilterCore
import Testing

/// The end of a session: quit, another client on the same socket, and malformed commands.
@Suite struct ConnectionEndTests {
  @Test(arguments: [
    ("O C H M R", ["abort", "close"]), ("O C H M R T L N B E", ["eom", "close"]), ("O", ["close"]),
    ("O C H", ["helo", "close"]), ("", ["close"]), ("O C H M R U", ["unknown", "abort", "close"]),
  ])
  func `quit has no reply, and runs abort inside a message`(path: String, last: [String]) {
    var play = Play()
    _ = play.send(path)
    #expect(play.send("Q") == "(closed)")
    #expect(play.ran.suffix(last.count) == last[...])
    #expect(play.ran.filter { $0 == "close" }.count == 1)
    #expect(play.session.state == .quit)
  }

  @Test func `A new client has the options, but not the macros and the reply of the last`() throws {
    let reply = try MilterReply("550", nil, text: wire("old"))
    var play = Play { play, callback, call in
      if callback == .connect { play.look("j") }
      if callback == .eom { play.session.reply = reply }
      return callback == .connect && call == 2 ? .reject : .continue
    }
    #expect(play.send(#"O D:Cj\x00x\x00 C H M R T L N B E"#).hasSuffix("c c c c c c c c c"))
    #expect(play.send("K") == "(nothing)")
    #expect(play.ran.last == "close")
    // libmilter sends the previous client's reply to the new client.
    #expect(play.send("C") == "r")
    #expect(play.notes == ["j=x", "j nil"])
    #expect(play.session.agreed.actions == .all)
  }

  @Test(arguments: [
    ("O C H", ["close", "connect"]), ("O C H M R A", ["close", "connect"]),
    ("O C H M R", ["abort", "close", "connect"]), ("O C", ["close", "connect"]),
    ("O C H M R U", ["unknown", "abort", "close", "connect"]), ("O C U", ["close", "connect"]),
  ])
  func `A new connection may follow anywhere`(path: String, last: [String]) {
    // libmilter ignores K and the next C here, except after an unknown command.
    var play = Play()
    _ = play.send(path)
    #expect(play.send("K") == "(nothing)")
    #expect(!play.session.isInMessage)
    #expect(play.send("C") == "c")
    #expect(play.ran.suffix(last.count) == last[...])
  }

  @Test func `A new connection may follow a rejected message`() {
    var play = Play { _, callback, _ in callback == .eom ? .reject : .continue }
    #expect(play.send("O C H M R T L N B E").hasSuffix("r"))
    #expect(play.send("K C H M") == "c c c")
  }

  @Test(arguments: ["", "O"])
  func `Before a connect there is no connection to follow`(path: String) {
    var play = Play()
    _ = play.send(path)
    #expect(play.send("K") == "(nothing)")
    #expect(play.ran.isEmpty)
    #expect(play.session.state == (path.isEmpty ? .start : .options))
  }

  @Test(arguments: [
    ("O C H M R T L N B", "X:data", ["abort", "close"]), ("O C H", #"\#u{1}!"#, ["close"]),
    ("O C H M R", "a!", ["abort", "close"]),
  ])
  func `An unknown byte closes without a reply`(path: String, command: String, last: [String]) {
    var play = Play()
    _ = play.send(path)
    #expect(play.send(command) == "(closed)")
    #expect(play.failure?.code == .unknownCommand)
    #expect(play.ran.suffix(last.count) == last[...])
    #expect(play.ran.filter { $0 == "abort" }.count == last.count - 1)
  }

  @Test(arguments: [
    ("O C H M R T L N", "B!", ["eoh", "abort", "close"]), ("O C H", "M!", ["helo", "close"]),
    ("O C H M R T L N", "D!", ["eoh", "abort", "close"]), ("O", "C!", ["close"]),
    ("O C", "H!", ["connect", "close"]), ("O C H M", "R!", ["envfrom", "abort", "close"]),
    ("O C H M R T", "L!", ["data", "abort", "close"]), ("O C H", "U!", ["helo", "close"]),
    ("", "O!", ["close"]),
    // The packet is out of order and also empty: libmilter calls abort twice.
    ("O C H M R", "M!", ["envrcpt", "abort", "close"]),
  ])
  func `An empty packet closes where its command would be executed`(
    path: String, command: String, last: [String]
  ) {
    var play = Play()
    _ = play.send(path)
    #expect(play.send(command) == "(closed)")
    #expect(play.failure?.code == .malformedCommand)
    #expect(play.ran.suffix(last.count) == last[...])
    #expect(!play.ran.dropLast(last.count).contains("abort"))
  }

  @Test func `An empty packet out of order is ignored like any other`() {
    var play = Play()
    _ = play.send("O C H")
    #expect(play.send("B!") == "(nothing)")
    #expect(play.send("M") == "c")
  }

  @Test func `data in commands without payload is ignored`() {
    var play = Play()
    _ = play.send("O C H M R")
    #expect(play.send("T:junk N:junk") == "c c")
    #expect(play.send("A:junk") == "(nothing)")
    #expect(play.send("Q:junk") == "(closed)")
    #expect(play.failure == nil)
  }

  @Test func `A malformed sender closes the connection inside the message it began`() {
    var play = Play()
    _ = play.send("O C H")
    #expect(play.send("M:<a>") == "(closed)")
    #expect(play.ran == ["connect", "helo", "abort", "close"])
  }
}
