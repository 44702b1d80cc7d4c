import MilterKit
import Testing

extension RealMTASuite {
  /// Unusual messages, as MTAs change them before filters.
  @Suite struct OddMessageTests {
    private static let messages: [(String, String)] = [
      ("white space before the colon", "From : a@b.example\r\nX-A \t :v\r\nX-B\t:\r\n\r\nx\r\n"),
      ("CR CR LF in the body", "From: a@b.example\r\n\r\nline\r\r\nend\r\n"),
      ("CR in the body", "From: a@b.example\r\n\r\nli\rne\r\n"),
      ("CR CR LF in a field", "From: a@b.example\r\nX-A: v\r\r\n w\r\n\r\nx\r\n"),
      ("CR in a field", "From: a@b.example\r\nX-A: v\rw\r\n\r\nx\r\n"),
      ("CR CR LF after the fields", "From: a@b.example\r\n\r\r\nX-B: w\r\n\r\nx\r\n"),
      ("a field of 60,000 bytes", field("X-A: ", 59_995)),
      ("a field of 60,001 bytes", field("X-A: ", 59_996)),
      ("a field of 70,000 bytes without a space", field("X-A:", 70_000)),
      ("a continuation line that does not fit", field("X-A: ", 59_000, 5000)),
      ("a continuation line that fits", field("X-A: ", 59_990, 3)),
      ("a continuation line that is cut", field("X-A: ", 1000, 65_000)),
      ("fields that Sendmail takes", field("X-A: ", 32_000)),
    ]

    private static func field(_ name: String, _ size: Int, _ more: Int = 0) -> String {
      "From: a@b.example\r\n\(name)\(String(repeating: "x", count: size))\r\n"
        + (more == 0 ? "" : " \(String(repeating: "y", count: more))\r\n") + "X-B: w\r\n\r\nx\r\n"
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `The simulated MTA handles them like the real one`(kind: RealMTA.Kind) async throws {
      var settings = RealMTA.Settings()
      // By default, Postfix accepts bare LF from clients in its own networks.
      settings.postfixLines = ["smtpd_forbid_bare_newline_exclusions ="]
      try await withSimulation(kind, settings) { mta in
        for (what, rest) in Self.messages {
          let message = Array("Date: d\r\nMessage-Id: <1@b.example>\r\n\(rest)".utf8)
          try mta.compareContent(what, message)
        }
      }
    }
  }
}
