import MilterTesting
import Testing

/// The deletion of several header fields of a name.
@Suite struct DeletedHeadersTests {
  private final class Cleaner: Milter {
    private let count: Int
    required init() { count = 0 }
    init(_ count: Int) {
      self.count = count
      super.init()
    }

    override func eom() throws -> Status {
      try delheaders("X-Forged", count)
      return .continue
    }
  }

  private static let message = MTAMail(
    headers: ["X-Forged": "1", "Subject": "x", "x-forged": "2", "X-Forged": "3"])

  @Test(arguments: [MTAProfile.postfix, .sendmail], 0...3)
  func `The first fields of a name are deleted, and no other field`(
    profile: MTAProfile, count: Int
  ) throws {
    let mta = TestMTA(profile, filter: Cleaner(count))
    let outcome = try mta.send(Self.message).expect(.accept)
    #expect(outcome.headers("X-Forged") == Array(["1", "2", "3"].dropFirst(count)))
    #expect(outcome.headers("Subject") == ["x"])
  }

  @Test func `A negative number is refused`() throws {
    let mta = TestMTA(filter: Cleaner(-1))
    try mta.send(Self.message).expect(.tempfail)
    #expect(mta.log.contains { $0.contains("delheaders: the count -1 is out of range") })
  }
}
