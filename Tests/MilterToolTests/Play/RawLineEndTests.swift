import MilterKit
import MilterProcessFixtures
import Synchronization
import Testing

/// `milter play --raw-line-ends`, as a filter sees it.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct RawLineEndTests {
  /// The parts of a message that a filter got.
  private struct Seen: Equatable {
    var fields: [String] = []
    var body: [UInt8] = []

    init(_ fields: String..., body: String) {
      self.fields = fields
      self.body = Array(body.utf8)
    }
  }

  /// A filter that records its arguments.
  private final class Keeper: Milter {
    private let seen: @Sendable (Seen) -> Void
    private var message = Seen(body: "")

    init(_ seen: @escaping @Sendable (Seen) -> Void) { self.seen = seen }
    required init() { seen = { _ in } }

    override func header(_ name: String, _ value: String) throws -> Status {
      message.fields.append("\(name): \(value)")
      return .continue
    }

    override func body(_ chunk: RawSpan) throws -> Status {
      chunk.withUnsafeBytes { message.body += $0 }
      return .continue
    }

    override func eom() throws -> Status {
      seen(message)
      return .continue
    }
  }

  /// Plays a file, and returns the outcome and the filter's record.
  private func play(_ file: String, _ options: String...) throws -> (run: Subprocess, seen: Seen?) {
    let seen = Mutex<Seen?>(nil)
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) {
      Keeper { message in seen.withLock { $0 = message } }
    }
    try server.start()
    defer { server.stop() }
    let run = try milter(
      ["play", "--socket", server.addresses[0], "-"] + options, input: Array(file.utf8))
    return (run, seen.withLock { $0 })
  }

  private static let file = "A: v\nB: w\rx\r\n\r\na\rb\nc\r\n.\r\nd\r\r\n"

  @Test(arguments: ["libmilter", "postfix", "postfix-3.9", "postfix-3.11", "sendmail"])
  func `The filter gets the line ends of the file, whatever the MTA would do`(
    profile: String
  ) throws {
    let (run, seen) = try play(Self.file, "--raw-line-ends", "--profile", profile)
    #expect(seen == Seen("A: v\nB: w\rx", body: "a\rb\nc\r\n.\r\nd\r\r\n"))
    #expect(run.status == 0)
  }

  @Test func `Without the option, the filter gets the MTA's line ends`() throws {
    let fields = ["A: v", "B: w x"]
    var expected = Seen(body: "a b\r\nc\r\n.\r\nd\r\n")
    expected.fields = fields
    #expect(try play(Self.file, "--profile", "postfix").seen == expected)
    expected.body = Array("a b\r\nc\r\n.\r\nd \r\n".utf8)
    #expect(try play(Self.file, "--profile", "postfix-3.9").seen == expected)
    let (run, seen) = try play(Self.file, "--profile", "sendmail")
    #expect(seen == nil)
    #expect(run.output.contains("421 4.5.0 Bare carriage return (CR) not allowed"))
  }

  @Test func `A file with LF keeps its line ends, also after the last line`() throws {
    let seen = try play("A: v\nB: w\n\na\n\nb", "--raw-line-ends").seen
    #expect(seen == Seen("A: v", "B: w", body: "a\n\nb"))
  }
}
