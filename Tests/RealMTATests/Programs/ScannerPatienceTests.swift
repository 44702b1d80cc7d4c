import Foundation
import MilterProcessFixtures
import MilterSystem
import Testing

extension WaitingMTASuite {
  /// The sample clamd and an MTA, with a scanner that takes longer than Sendmail's 10 seconds.
  @Suite struct ScannerPatienceTests {
    @Test func `Under Sendmail with the printed lines, the fallback applies`()
      async throws
    {
      let directory = try InstanceDirectory()
      // This scanner accepts connections, but never reads or replies.
      let scanner = try ListeningSocket(SocketSpec("unix:\(directory.path(of: "clamd"))"))
      defer { scanner.close() }
      let options = [
        "--clamd", directory.path(of: "clamd"), "--clamd-timeout", "12", "--fallback", "accept",
      ]
      let (filter, socket) = try SampleProcess.start("clamd", options, in: directory)
      let help = try BuiltProgram.run("clamd", ["--socket", socket.spec] + options + ["--help"])
      let line = try #require(
        help.output.split(separator: "\n").first { $0.hasPrefix("Sendmail: ") })
      var settings = RealMTA.Settings()
      settings.sendmailLines = [line.dropFirst("Sendmail: ".count) + "dnl"]
      try await withMTA(.sendmail, settings) { mta in
        let body = String(repeating: String(repeating: "x", count: 70) + "\n", count: 50_000)
        let message = try mta.queued(mail(body: body))
        #expect(message.fields == ["X-Virus-Status: Not scanned"])
      }
      #expect(filter.log.contains("clamd: "))
      #expect(try filter.terminate() == 0)
    }
  }
}
