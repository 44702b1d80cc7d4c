import Foundation
import MilterProcessFixtures
import Testing

/// One filter in C, with libmilter's names, and with MilterKit's names, which an MTA cannot
/// distinguish.
///
/// If libmilter itself is installed, the C filter also runs on it, in all sessions except those
/// about mistakes that we have corrected.
@Suite(.timeLimit(.minutes(15))) struct ThreeShapesTests {
  @Test func `All shapes send the same bytes in every session`() throws {
    let shapes = try Shapes()
    for session in Session.all {
      for shape in shapes.all {
        if session.mended != nil, shape.description == "doorman-original" { continue }
        let replies = try Player.play(session, to: shape.spec)
        #expect(
          Player.notation(replies) == session.replies, "\(shape) in: \(session.name)")
      }
    }
    #expect(try shapes.stop() == shapes.all.map { _ in 0 })
  }

  @Test func `The sessions are many, and no two are equal`() {
    #expect(Session.all.count >= 25)
    #expect(Set(Session.all.map(\.name)).count == Session.all.count)
  }

  @Test func `The C filter compiles without a warning`() throws {
    try compile(HeaderFolder.ours)
  }

  @Test(.needsOriginal)
  func `The C filter compiles without a warning with Sendmail's headers`() throws {
    try compile(HeaderFolder.original)
  }

  private func compile(_ folder: String) throws {
    try Subprocess.succeed(
      "/usr/bin/cc", Shapes.cFlags + ["-fsyntax-only", "-I", folder, Shapes.cSource])
  }
}

extension Session {
  static let all =
    connectionSessions + envelopeSessions + headerSessions + bodySessions + offerSessions
}
