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
      let clean = try mta.send(MTAMail(body: "Hello\n")).expect(.accept)
      #expect(clean.headers("X-Virus-Status") == ["Clean"])
      try mta.send(MTAMail(body: "x \(RunningClamd.bytes) y\n")).expect(
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
    try mta.send(MTAMail(headers: ["Subject": RunningClamd.bytes])).expect(.reject)
    try mta.send(MTAMail(eml: "\n")).expect(.accept)
  }

  @Test
  func `Result fields that the sender wrote are replaced`() throws {
    let clamd = try RunningClamd()
    let mta = TestMTA(filter: filter(clamd.socket))
    let outcome = mta.send(
      MTAMail(headers: ["X-Virus-Status": "Clean, really", "x-virus-status": "a", "Subject": "x"]))
    #expect(outcome.headers("X-Virus-Status") == ["Clean"])
  }

  @Test
  func `Without clamd, or if a message is too long for it, mail is deferred`() throws {
    let reply = "451 4.7.1 The virus scanner cannot be reached, please try again later"
    let down = TestMTA(filter: filter("/nonexistent/clamd"))
    try down.send(MTAMail()).expect(.tempfail, at: .eoh, reply: reply)
    try TestMTA(filter: filter("127.0.0.1:1")).send(MTAMail()).expect(.tempfail, reply: reply)
    try TestMTA(filter: filter("nonsense")).send(MTAMail()).expect(.tempfail, reply: reply)

    let clamd = try RunningClamd()
    let mta = TestMTA(filter: filter(clamd.socket))
    let long = MTAMail(body: String(repeating: "long\n", count: 200_000))
    try mta.send(long).expect(
      .tempfail, reply: "451 4.3.4 The message is too large for the virus scanner")
    try mta.send(MTAMail()).expect(.accept)
    mta.body("Hello\n")
    clamd.stop()
    try mta.eom().expect(.tempfail, reply: reply)
  }

  @Test
  func `With fallback accept mail passes, and the log reports it`() throws {
    let down = TestMTA(filter: filter("/nonexistent/clamd", .accept))
    let outcome = try down.send(MTAMail(headers: ["X-Virus-Status": "Clean"])).expect(.accept)
    #expect(outcome.headers("X-Virus-Status") == ["Not scanned"])

    let clamd = try RunningClamd()
    let mta = TestMTA(filter: filter(clamd.socket, .accept))
    let long = mta.send(MTAMail(body: String(repeating: "long\n", count: 200_000)))
    #expect(try long.expect(.accept).headers("X-Virus-Status") == ["Not scanned"])
    #expect(mta.send(MTAMail()).headers("X-Virus-Status") == ["Clean"])
    clamd.stop()
    #expect(mta.send(MTAMail()).headers("X-Virus-Status") == ["Not scanned"])
  }
}
