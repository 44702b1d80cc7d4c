import Foundation
import MilterProcessFixtures
import MilterTesting
import Testing

@testable import milter_sample_clamd

/// The filter with a clamd of the test.
@Suite(.timeLimit(.minutes(15))) struct ClamdProtocolTests {
  @Test
  func `clamd gets header fields byte for byte, and lines with CR LF`() throws {
    let clamd = try FakeClamd()
    let fields = "From:a@example.org\nMessage-ID:\n <1@example.org>\nX-Has-Attach:\nA:  two\n"
    let mta = TestMTA(.postfix, filter: Clamd(clamd.path, timeout: 60, fallback: .tempfail))
    let outcome = try mta.send(MTAMail(eml: fields + "\nhi\n")).expect(.accept)
    #expect(outcome.headers("X-Virus-Status") == ["Clean"])
    let expected = (fields + "\nhi\n").utf8.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
    #expect(clamd.received() == expected)
  }

  @Test
  func `A message is scanned whichever of its steps comes first`() throws {
    let clamd = try FakeClamd()
    let mta = TestMTA(filter: Clamd(clamd.path, timeout: 60, fallback: .tempfail))
    mta.data()
    try mta.perform(.eom).expect(.continue)
    #expect(clamd.received() == [0x0D, 0x0A])
    let down = TestMTA(filter: Clamd("/nonexistent/clamd", timeout: 60, fallback: .tempfail))
    down.data()
    try down.perform(.eom).expect(.tempfail)
  }

  @Test
  func `One deadline limits a clamd that replies byte by byte`() throws {
    let clamd = try FakeClamd(drips: true)
    let mta = TestMTA(filter: Clamd(clamd.path, timeout: 1, fallback: .tempfail))
    try mta.send(MTAMail()).expect(.tempfail, at: .eom)
    #expect(mta.log.contains { $0.contains("it took more than 1 seconds") })
    clamd.stop()
  }

  @Test(arguments: [
    ("clamd.ctl", "clamd.ctl"), ("run/a:1", "run/a:1"), ("./c", "./c"), ("localhost:3310", nil),
    ("[::1]:3310", nil),
  ])
  func `A text with a slash or without a colon is a path`(_ text: String, _ path: String?) {
    switch ClamdAddress(text) {
    case .path(let found): #expect(found == path)
    case .host(let host, let port):
      #expect(path == nil && port == "3310" && (host == "localhost" || host == "::1"))
    }
  }
}
