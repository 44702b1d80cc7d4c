import Libmilter
import LibmilterProcess
import MilterCore
import MilterKit

/// A filter described as in C, on its own server, because `smfi_main` can run only once in a
/// process.
final class DescribedFilter {
  private let server: MilterServer

  init(
    _ description: smfiDesc, on socket: String = "inet:0@127.0.0.1",
    configure: (inout MilterConfiguration) -> Void = { _ in }
  ) throws {
    let missing = try LibmilterProcess.callbacksMissing(in: description.xxfi_version)
    var configuration = MilterConfiguration()
    configure(&configuration)
    server = try MilterServer(sockets: [socket], configuration: configuration) {
      DescriptionHandler(description, missing: missing)
    }
    try server.start()
  }

  deinit { server.stop(drain: .zero) }

  /// Sends commands, each after the reply to the previous one, and returns the replies.
  func play(_ commands: MTACommand...) throws -> String {
    try play(Session("", .ask(commands), replies: ""))
  }

  /// Plays a session, and returns the replies.
  func play(_ session: Session) throws -> String {
    Player.notation(try Player.play(session, to: server.addresses.first ?? ""))
  }

  /// Plays a message to a filter whose callbacks all reply.
  func playMessage() throws -> String {
    try play(
      .offer, .outside, .helo("client"), .mail("<a@b>"), .rcpt("<c@d>"), .data,
      .header("Subject", "x"), .eoh, .body("x"), .end)
  }
}
