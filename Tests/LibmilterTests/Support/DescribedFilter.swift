import Libmilter
import LibmilterProcess
import MilterCore
import MilterKit

/// A filter described as in C, on a server of its own: `smfi_main` can run only once in a process.
final class DescribedFilter {
  private let server: MilterServer

  init(_ description: smfiDesc) throws {
    let missing = try LibmilterProcess.callbacksMissing(in: description.xxfi_version)
    server = try MilterServer(
      sockets: ["inet:0@127.0.0.1"], configuration: MilterConfiguration()
    ) {
      DescriptionHandler(description, missing: missing)
    }
    try server.start()
  }

  deinit { server.stop(drain: .zero) }

  /// The replies to an MTA that sends all this and waits for a reply to each.
  func play(_ commands: MTACommand...) throws -> String {
    try play(Session("", .ask(commands), replies: ""))
  }

  /// What comes back in a session.
  func play(_ session: Session) throws -> String {
    Player.notation(try Player.play(session, to: server.addresses.first ?? ""))
  }

  /// Plays a message to a filter that only has callbacks which reply.
  func playMessage() throws -> String {
    try play(
      .offer, .outside, .helo("client"), .mail("<a@b>"), .rcpt("<c@d>"), .data,
      .header("Subject", "x"), .eoh, .body("x"), .end)
  }
}
