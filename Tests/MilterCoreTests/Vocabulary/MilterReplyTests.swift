import MilterCore
import Testing

@Suite struct MilterReplyTests {
  @Test(
    arguments: [
      ("550", "5.7.1", "go away", "550 5.7.1 go away"), ("550", nil, "go away", "550 go away"),
      ("550", "5.7.1", nil, "550 5.7.1"), ("550", nil, nil, "550 "),
      ("550", "5.7.1", "", "550 5.7.1 "), ("550", nil, "", "550 "),
      ("550", "4.999.999", "x", "550 4.999.999 x"),
      ("550", "2.0.0", #"100% \xff"#, #"550 2.0.0 100% \xff"#),
      ("421", "4.3.2", "bye", "421 4.3.2 bye"), ("499", "4.0.0", "x", "499 4.0.0 x"),
      ("599", nil, "-", "599 -"),
    ] as [(String, String?, String?, String)])
  func `One line is the code, followed by the parts that exist`(
    code: String, extended: String?, text: String?, expected: String
  ) throws {
    let reply = try MilterReply(code, extended, text: text.map(wire))
    #expect(reply.text == wire(expected))
    #expect(reply.replyClass == (code.hasPrefix("4") ? 4 : 5))
  }

  @Test(arguments: [
    "250", "55", "5500", "5x0", "", "350", "650", "050", " 50", "-50", "5.0", "５５０", "55\n", "55٠",
  ])
  func `A code is three digits of class 4 or 5`(code: String) {
    #expect(errorCode { _ = try MilterReply(code, nil, text: wire("x")) } == .invalidReply)
    #expect(errorCode { _ = try MilterReply(code, nil, lines: [wire("x")]) } == .invalidReply)
  }

  @Test(arguments: [
    "", "5", "5.7", "5.7.1.1", "3.7.1", "5.1000.1", "5.1.1000", "5..1", "5.7.", ".7.1", "5.7.x",
    "55.7.1", "5.7.1 ", "5.-7.1", "5.٧.1", "5,7,1",
  ])
  func `An enhanced code is a class and two numbers of up to three digits`(extended: String) {
    #expect(errorCode { _ = try MilterReply("550", extended, text: nil) } == .invalidReply)
    #expect(errorCode { _ = try MilterReply("550", extended, lines: [[]]) } == .invalidReply)
  }

  @Test(arguments: [#"a\x0ab"#, #"a\x0d"#, #"\x00"#, #"a\x0d\x0ab"#])
  func `A line holds no line break and no NUL`(line: String) {
    #expect(errorCode { _ = try MilterReply("550", nil, text: wire(line)) } == .invalidReply)
    let lines = [wire("one"), wire(line)]
    #expect(errorCode { _ = try MilterReply("550", "5.7.1", lines: lines) } == .invalidReply)
  }

  @Test func `A line has at most 980 bytes`() throws {
    let longest = [UInt8](repeating: 0x78, count: 980)
    #expect(try MilterReply("550", nil, text: longest).text.count == 984)
    #expect(try MilterReply("550", "5.7.1", lines: [longest, longest]).text.count == 1982)
    let longer = longest + [0x78]
    #expect(errorCode { _ = try MilterReply("550", nil, text: longer) } == .invalidReply)
    #expect(errorCode { _ = try MilterReply("550", nil, lines: [longer]) } == .invalidReply)
  }

  @Test(
    arguments: [
      ("5.7.1", ["one"], "550 5.7.1 one"),
      (
        "5.7.1", ["one", "two", "three"],
        #"550-5.7.1 one\x0d\x0a550-5.7.1 two\x0d\x0a550 5.7.1 three"#
      ),
      // Without an enhanced code, several lines get 5.0.0. A single line gets none.
      (nil, ["one", ""], #"550-5.0.0 one\x0d\x0a550 5.0.0 "#),
    ] as [(String?, [String], String)])
  func `Each of several lines has the codes`(
    extended: String?, lines: [String], expected: String
  ) throws {
    #expect(try MilterReply("550", extended, lines: lines.map(wire)).text == wire(expected))
  }

  @Test func `The enhanced code that is added is of the reply's class`() throws {
    #expect(try MilterReply("451", nil, lines: [wire("x")]).text == wire("451 4.0.0 x"))
  }

  @Test func `There are 1 to 32 lines`() throws {
    let line = wire("l")
    let most = try MilterReply("450", "4.7.1", lines: Array(repeating: line, count: 32))
    #expect(most.text.count == 32 * 11 + 31 * 2)
    let more = Array(repeating: line, count: 33)
    #expect(errorCode { _ = try MilterReply("450", "4.7.1", lines: more) } == .invalidReply)
    // libmilter sends `550-5.0.0`, which announces another line.
    #expect(errorCode { _ = try MilterReply("550", nil, lines: []) } == .invalidReply)
  }

  @Test(
    arguments: [
      ("250", nil, "x", "the reply code \"250\" is not three digits of class 4 or 5"),
      (
        "550", "5.7", "x",
        "the enhanced status code \"5.7\" is not of the form 5.7.1, class 2, 4 or 5"
      ),
      (
        "550", nil, #"a\x0a"#,
        "line 1 of the reply contains CR, LF or NUL; use setmlreply for several lines"
      ),
    ] as [(String, String?, String, String)])
  func `The error describes what is wrong`(
    code: String, extended: String?, text: String, message: String
  ) {
    do {
      _ = try MilterReply(code, extended, text: wire(text))
      Issue.record("taken")
    } catch {
      #expect(error.message == message)
    }
  }
}
