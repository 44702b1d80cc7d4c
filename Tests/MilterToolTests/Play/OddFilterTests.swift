import MilterProcessFixtures
import Testing

/// `milter play` with filters that break the protocol, or keep state of earlier messages.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct OddFilterTests {
  private let hello = BuiltProgram.packageRoot + "/Samples/messages/hello.eml"

  private func play(_ mode: String, _ options: String...) throws -> Subprocess {
    let script = "\(BuiltProgram.packageRoot)/Tests/MilterToolTests/Filters/unasked.py"
    return try milter(
      ["play", "--exec", "exec python3 \(script) {socket} \(mode)"] + options + [hello])
  }

  @Test(arguments: [
    ("twice", "data: the filter sent continue unasked: it answered envrcpt twice"),
    (
      "told",
      "body: the filter sent continue unasked: it answered header, for which it negotiated no reply"
    ),
    ("late", "eom: the filter sent addheader unasked: it answered eom twice"),
  ])
  func `An unsolicited reply of a filter breaks the protocol`(
    _ mode: String, _ reason: String
  ) throws {
    let run = try play(mode)
    #expect(run.status == 20)
    #expect(run.output.hasPrefix("verdict     failure at \(reason)"), "\(run.output)")
  }

  @Test func `A late reply is found if a connection carries several messages`() throws {
    let run = try play("late", "--reuse", "5", "--repeat", "2")
    #expect(run.status == 20)
    #expect(run.output.contains("failure"))
  }

  @Test func `A status of another class is malformed for Postfix alone`() throws {
    let postfix = try play("mixed", "--profile", "postfix")
    #expect(postfix.status == 20)
    #expect(postfix.output.contains("the client sees 451 4.3.5 Server configuration problem"))
    #expect(postfix.output.contains("warning     malformed reply 550 4.7.1 no"))
    for profile in ["sendmail", "libmilter"] {
      let other = try play("mixed", "--profile", profile)
      #expect(other.status == 10, "\(profile)")
      #expect(other.output.contains(": 550 4.7.1"), "\(profile)")
      #expect(other.output.contains("warning     malformed reply 550 4.7.1 no"), "\(profile)")
    }
  }

  @Test func `A filter that behaves differently the second time is reported with status 21`() throws
  {
    let run = try play("counts", "--twice")
    #expect(run.status == 21)
    #expect(run.output.contains("twice       the filter behaves differently the second time\n"))
    #expect(run.output.contains("- envrcpt"))
    #expect(run.output.contains("+ envrcpt"))
    let json = try play("counts", "--twice", "--json")
    #expect(json.output.contains(#""differences":["- envrcpt"#))
    #expect(try play("counts").status == 0)
  }

  @Test func `A filter that does the same both times passes`() throws {
    let stamp = try "exec \(BuiltProgram.path(of: "stamp")) --log-level error --socket {socket}"
    let run = try milter(["play", "--exec", stamp, "--twice", hello])
    #expect(run.status == 0)
    #expect(run.output.hasSuffix("twice       no difference\n"))
    let tried = try BuiltProgram.run("stamp", ["--try", hello, "--twice"])
    #expect(tried.output.hasSuffix("twice       no difference\n"))
  }
}
