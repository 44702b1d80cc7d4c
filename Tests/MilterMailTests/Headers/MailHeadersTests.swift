import MilterMail
import Testing

struct MailHeadersTests {
  @Test
  func `RFC 5322, 2.2.3: a folded field is one line`() {
    let headers = MailHeaders(
      parsing: Array("Subject: This\r\n is a test\r\nTo: a@b\r\n\r\nBody: no\r\n".utf8))
    #expect(headers.map(\.name) == ["Subject", "To"])
    #expect(headers["subject"] == "This is a test")
    #expect(headers[0].rawValue == Array("This\r\n is a test".utf8))
    #expect(headers[0].range == 0..<27)
    #expect(headers[1].range == 27..<36)
  }

  @Test
  func `Obsolete and broken lines`() {
    let headers = MailHeaders(
      parsing: Array(" continues nothing\nA : x\nno field\nB:\n\tb\nbad name: c\nA:y".utf8))
    #expect(headers.map(\.name) == ["A", "B", "A"])
    #expect(headers.map(\.value) == ["x", "b", "y"])
    #expect(headers.all("a").map(\.value) == ["x", "y"])
    #expect(headers["C"] == nil)
  }

  @Test func `Appended fields can be read, and have empty ranges`() {
    var headers = MailHeaders()
    headers.append("Subject", "a\n b")
    headers.append("X", [0xFF])
    #expect(headers["SUBJECT"] == "a b")
    #expect(headers["x"] == "\u{FFFD}")
    #expect(headers.map(\.range) == [0..<0, 0..<0])
  }
}
