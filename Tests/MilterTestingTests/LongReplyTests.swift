import MilterTesting
import Testing

/// Texts of `setreply` that become several lines.
@Suite struct LongReplyTests {
  private final class Refusing: Milter {
    let code: String
    let extended: String?
    let text: String
    private(set) var error: MilterError?

    init(_ code: String, _ extended: String?, _ text: String) {
      (self.code, self.extended, self.text) = (code, extended, text)
    }

    required init() { fatalError("made with a text") }

    override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
      do {
        try setreply(code, extended, text)
      } catch {
        self.error = error
        throw error
      }
      return code.hasPrefix("4") ? .tempfail : .reject
    }
  }

  private func reply(
    _ text: String, _ code: String = "550", _ extended: String? = "5.7.1"
  ) -> (lines: [String], error: MilterError?) {
    let filter = Refusing(code, extended, text)
    let step = TestMTA(.postfix, filter: filter).mail()
    return (step.reply.map { String(decoding: $0, as: UTF8.self) }, filter.error)
  }

  @Test
  func `A text is cut at its line ends`() {
    #expect(
      reply("one\ntwo\r\nthree").lines == ["550-5.7.1 one", "550-5.7.1 two", "550 5.7.1 three"])
    #expect(reply("one\n").lines == ["550 5.7.1 one"])
    #expect(reply("one\n\ntwo\n").lines == ["550-5.7.1 one", "550-5.7.1 ", "550 5.7.1 two"])
    #expect(reply("one\ntwo", "450", nil).lines == ["450-4.0.0 one", "450 4.0.0 two"])
    #expect(reply("50%\n%").lines == ["550-5.7.1 50%", "550 5.7.1 %"])
  }

  @Test
  func `A line of up to 980 bytes is unchanged`() {
    let text = String(repeating: "x y ", count: 245)
    #expect(reply(text).lines == ["550 5.7.1 \(text)"])
  }

  @Test
  func `Longer lines are wrapped at spaces, to 512 bytes at most`() {
    let words = (100..<400).map { "word\($0)" }
    let lines = reply(words.joined(separator: " ")).lines
    #expect(lines.count == 5)
    #expect(lines.allSatisfy { $0.utf8.count + 2 <= 512 })
    #expect(lines.dropLast().allSatisfy { $0.utf8.count + 2 > 504 && $0.hasPrefix("550-5.7.1 ") })
    let text = lines.map { $0.dropFirst("550-5.7.1 ".count) }.joined(separator: " ")
    #expect(text == words.joined(separator: " "))
  }

  @Test(arguments: ["", "a", "ab", "abc"])
  func `Neither a character nor a percent sign is cut in two`(start: String) {
    let text = start + String(repeating: "€", count: 500)
    let lines = reply(text).lines
    #expect(lines.allSatisfy { !$0.contains("\u{FFFD}") && $0.utf8.count + 2 <= 512 })
    #expect(lines.map { $0.dropFirst("550-5.7.1 ".count) }.joined() == text)
    let signs = start + String(repeating: "%", count: 999) + "."
    #expect(
      reply(signs).lines.map { $0.dropFirst("550-5.7.1 ".count) }.joined().filter { $0 == "%" }
        .count >= 500)
  }

  @Test
  func `What MTAs would not pass on is refused`() {
    let most = Array(repeating: "x", count: 32).joined(separator: "\n")
    #expect(reply(most).error == nil && reply(most).lines.count == 32)
    #expect(reply(most + "\nx").error?.code == .invalidReply)
    #expect(reply(most + "\nx").error?.message.hasPrefix("the reply has 33 lines") == true)
    #expect(reply("a\rb\nc").error?.code == .invalidReply)
    #expect(reply("a\nb\u{0}").error?.code == .invalidReply)
  }
}
