import MilterTesting
import XCTest

/// MilterTesting with XCTest.
final class XCTestTests: XCTestCase {
  func testMessages() throws {
    let filter = Gatekeeper()
    let mta = TestMTA(.sendmail, filter: filter)
    let outcome = try mta.send(MTAMail(from: "a@example.org")).expect(.accept)
    XCTAssertEqual(outcome.headers("Subject"), ["[seen]"])
    XCTAssertEqual(filter.recipients, ["<recipient@example.org>"])
  }

  func testSteps() throws {
    let mta = TestMTA(filter: Gatekeeper())
    try mta.rcpt(to: "no@example.org").expect(.reject)
    XCTAssertThrowsError(try mta.rcpt(to: "b@example.org").expect(.reject)) { error in
      XCTAssertTrue("\(error)".contains("==> envrcpt  <b@example.org>: continue"))
    }
  }
}
