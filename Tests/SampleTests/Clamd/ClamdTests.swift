import Foundation
import MilterTesting
import MilterProcessFixtures
import Testing

@testable import milter_sample_clamd

@Suite(.ownThread, .needsClamd, .timeLimit(.minutes(15))) struct ClamdTests {
  private func filter(_ address: String, _ fallback: Clamd.Fallback = .tempfail) -> Clamd {
    Clamd(address, timeout: 60, fallback: fallback)
  }

  @Test
  func `Infected mail is refused, clean mail is marked, one after the other`() throws {
    let clamd = try RunningClamd()
    let mta = TestMTA(filter: filter(clamd.socket))
    for _ in 1...2 {
      let clean = try mta.send(Message(body: "Hello\n")).expect(.accept)
      #expect(clean.headers("X-Virus-Status") == ["Clean"])
      try mta.send(Message(body: "x \(RunningClamd.bytes) y\n")).expect(
        .reject, at: .eom, reply: "550 5.7.1 Virus found: \(RunningClamd.virus)")
    }
  }

  @Test
  func `A virus across two chunks is found, and header fields are scanned`() throws {
    let clamd = try RunningClamd()
    let mta = TestMTA(filter: filter(clamd.socket))
    let bytes = Array(RunningClamd.bytes.utf8)
    mta.body(Array(repeating: 0x78, count: 70_000) + bytes[..<7])
    mta.body(Array(bytes[7...]))
    try mta.eom().expect(.reject)
    try mta.send(Message(headers: ["Subject": RunningClamd.bytes])).expect(.reject)
    try mta.send(Message(eml: "\n")).expect(.accept)
  }

  @Test
  func `Result fields that the sender wrote are replaced`() throws {
    let clamd = try RunningClamd()
    let mta = TestMTA(filter: filter(clamd.socket))
    let outcome = mta.send(
      Message(headers: ["X-Virus-Status": "Clean, really", "x-virus-status": "a", "Subject": "x"]))
    #expect(outcome.headers("X-Virus-Status") == ["Clean"])
  }

  @Test
  func `Without clamd, or if a message is too long for it, mail is deferred`() throws {
    let reply = "451 4.7.1 The virus scanner cannot be reached, please try again later"
    let down = TestMTA(filter: filter("/nonexistent/clamd"))
    try down.send(Message()).expect(.tempfail, at: .eoh, reply: reply)
    try TestMTA(filter: filter("127.0.0.1:1")).send(Message()).expect(.tempfail, reply: reply)
    try TestMTA(filter: filter("nonsense")).send(Message()).expect(.tempfail, reply: reply)

    let clamd = try RunningClamd()
    let mta = TestMTA(filter: filter(clamd.socket))
    let long = Message(body: String(repeating: "long\n", count: 200_000))
    try mta.send(long).expect(
      .tempfail, reply: "451 4.3.4 The message is too large for the virus scanner")
    try mta.send(Message()).expect(.accept)
    mta.body("Hello\n")
    clamd.stop()
    try mta.eom().expect(.tempfail, reply: reply)
  }

  @Test
  func `With fallback accept mail passes, and the log reports it`() throws {
    let down = TestMTA(filter: filter("/nonexistent/clamd", .accept))
    let outcome = try down.send(Message(headers: ["X-Virus-Status": "Clean"])).expect(.accept)
    #expect(outcome.headers("X-Virus-Status") == ["Not scanned"])

    let clamd = try RunningClamd()
    let mta = TestMTA(filter: filter(clamd.socket, .accept))
    let long = mta.send(Message(body: String(repeating: "long\n", count: 200_000)))
    #expect(try long.expect(.accept).headers("X-Virus-Status") == ["Not scanned"])
    #expect(mta.send(Message()).headers("X-Virus-Status") == ["Clean"])
    clamd.stop()
    #expect(mta.send(Message()).headers("X-Virus-Status") == ["Not scanned"])
  }
}

/// The filter with a clamd of the test.
@Suite(.timeLimit(.minutes(15))) struct ClamdProtocolTests {
  @Test
  func `clamd gets header fields byte for byte, and lines with CR LF`() throws {
    let clamd = try FakeClamd()
    let fields = "From:a@example.org\nMessage-ID:\n <1@example.org>\nX-Has-Attach:\nA:  two\n"
    let mta = TestMTA(.postfix, filter: Clamd(clamd.path, timeout: 60, fallback: .tempfail))
    let outcome = try mta.send(Message(eml: fields + "\nhi\n")).expect(.accept)
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
    try mta.send(Message()).expect(.tempfail, at: .eom)
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
