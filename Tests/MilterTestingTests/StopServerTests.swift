import MilterTesting
import Testing

@Suite struct StopServerTests {
  private final class Stopping: Milter {
    override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
      stopServer()
      return .continue
    }
  }

  @Test
  func `A test can detect that a filter stops its server`() throws {
    let mta = TestMTA(filter: Stopping())
    mta.helo()
    #expect(!mta.isServerStopped)
    try mta.mail().expect(.continue)
    #expect(mta.isServerStopped)
    #expect(!TestMTA(filter: Milter()).isServerStopped)
  }
}
