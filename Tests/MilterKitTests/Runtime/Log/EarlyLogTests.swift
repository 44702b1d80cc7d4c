import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Testing

/// The log in a filter's initializer.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct EarlyLogTests {
  /// A filter that writes a line in its initializer.
  private final class Early: Milter {
    required init() {
      super.init()
      log.notice("made")
    }

    override func helo(_ host: String) throws -> Status {
      log.notice("helo")
      return .continue
    }
  }

  @Test func `Lines that init writes go to the server's log`() throws {
    let server = try TestServer { Early() }
    // A second server in the process, created later, must not get these lines.
    let other = try TestServer { Early() }
    try server.connect().greet()
    server.server.stop()
    other.server.stop()
    let lines = server.log.all.filter { $0.hasPrefix("notice: ") && $0.contains("made") }
    #expect(lines == ["notice: made"])
    #expect(server.log.all.contains("notice: Early #1: helo"))
    #expect(!other.log.all.contains("notice: made"))
  }
}
