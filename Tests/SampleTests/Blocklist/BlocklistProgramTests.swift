import Foundation
import MilterProcessFixtures
import Testing

/// The program, with a DNS server of the test.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct BlocklistProgramTests {
  /// Starts a server whose lists have the test entries of RFC 5782.
  ///
  /// The list `broken.example` fails.
  private static func server() throws -> FakeDNSServer {
    try FakeDNSServer { name in
      switch name {
      case "2.0.0.127.a.example": .addresses([[127, 0, 0, 2]], seconds: 300)
      case "2.0.0.127.b.example": .addresses([[127, 0, 0, 4]], seconds: 300)
      case _ where name.hasSuffix(".8.b.d.0.1.0.0.2.a.example"):
        .addresses([[127, 0, 0, 10]], seconds: 300)
      case _ where name.hasSuffix(".broken.example"): .code(2)
      default: .code(3)
      }
    }
  }

  private func tried(_ server: FakeDNSServer, client: String, _ options: [String]) throws
    -> Subprocess
  {
    try BuiltProgram.run(
      "blocklist",
      [
        "--try", "\(BuiltProgram.packageRoot)/Samples/messages/hello.eml", "--client", client,
        "--resolver", "127.0.0.1:\(server.port)", "--lookup-timeout", "60",
      ] + options)
  }

  @Test func `A listed client is refused`() throws {
    let run = try tried(Self.server(), client: "127.0.0.2", ["--lists", "a.example"])
    #expect(run.output.contains("550 5.7.1 The client [127.0.0.2] is listed by a.example"))
    #expect(run.status == 10)
  }

  @Test func `An IPv6 client on one of two required lists is accepted`() throws {
    let server = try Self.server()
    let lists = ["--lists", "a.example,b.example", "--threshold", "2", "--action", "mark"]
    let run = try tried(server, client: "2001:db8::2", lists)
    #expect(run.status == 0)
    #expect(!run.output.contains("X-Blocklist"))
    #expect(Set(server.questions).count == 2)
    let both = try tried(server, client: "127.0.0.2", lists)
    #expect(both.output.contains("+ X-Blocklist: a.example (127.0.0.2), b.example (127.0.0.4)"))
  }

  @Test func `A list that fails is named, and the mail passes`() throws {
    let run = try tried(
      Self.server(), client: "192.0.2.7", ["--lists", "broken.example,a.example"])
    #expect(run.status == 0)
    #expect(run.errors.contains(": broken.example: no answer"))
  }
}
