import Glibc
import MilterCore
import MilterMTA
import MilterProcessFixtures
import Testing

extension DebianBinaries {
  /// OpenDKIM, which signs and verifies with a key of its own, without DNS.
  @Suite(.requires(.opendkim)) struct OpenDKIMTests {
    private let folder: ScratchDirectory

    init() throws {
      try DebianFilter.opendkim.check()
      folder = try ScratchDirectory()
      try OpenDKIM.makeKey(in: folder)
    }

    @Test(arguments: RunningFilter.Mode.allCases)
    func `It verifies only what it has signed`(mode: RunningFilter.Mode) throws {
      let port = try folder.reservePort()
      let signer = try OpenDKIM.start(
        .signer, mode, socket: "inet:\(port)@127.0.0.1", in: folder)
      let verifier = try OpenDKIM.start(.verifier, mode, in: folder)
      try signer.expectLibraryUnderTest()
      try verifier.expectLibraryUnderTest()

      let signing = try signer.connect()
      let verifying = try verifier.connect()
      for subject in ["one", "two"] {
        let mail = Mail.make("Subject: \(subject)\n\(Mail.text)", client: "127.0.0.1")
        let signed = try signing.deliver(mail)
        #expect(signed.verdict == .accept, "\(subject)")
        #expect(signed.actions.map(\.code) == [.insheader], "\(subject)")
        let signature = try #require(signed.values(of: "DKIM-Signature").first, "\(subject)")
        #expect(
          signature.hasPrefix("v=1; a=rsa-sha256; c=simple/simple; d=example.org; s=test;\n"),
          "\(subject)")

        var arrived = signed.result
        arrived.envelope.address = MTAEnvelope.defaultAddress
        let verified = try verifying.deliver(arrived)
        #expect(verified.verdict == .accept, "\(subject)")
        #expect(verified.actions.map(\.code) == [.insheader], "\(subject)")
        let good = try #require(verified.values(of: "Authentication-Results").first, "\(subject)")
        #expect(good.hasPrefix("verifier.example.net;\n\tdkim=pass (2048-bit key) "), "\(subject)")

        arrived.message.body += Array("One line more.\r\n".utf8)
        let bad = try #require(
          try verifying.deliver(arrived).values(of: "Authentication-Results").first, "\(subject)")
        #expect(bad.hasPrefix("verifier.example.net;\n\tdkim=fail "), "\(subject)")
      }
      signing.quit()
      verifying.quit()
      #expect(try RunningFilter.stop([signer, verifier]) == [0, 0])
    }

    @Test(.requires(.miltertest))
    func `Miltertest verifies the signature`() throws {
      // miltertest changes white space in header fields, which relaxed canonicalization ignores.
      let signer = try OpenDKIM.start(
        .signer, extra: "Canonicalization relaxed/simple", in: folder)
      let verifier = try OpenDKIM.start(.verifier, in: folder)
      let result = try Subprocess.run(
        DebianFilter.miltertest.program,
        [
          "-s", LibraryUnderTest.program("opendkim.lua"),
          "-D", "signer=\(signer.socket)", "-D", "verifier=\(verifier.socket)",
        ])
      #expect(result.status == 0)
      #expect(result.errors == "")
      #expect(result.output == "verified\n")
      #expect(try RunningFilter.stop([signer, verifier], SIGINT) == [0, 0])
    }

    @Test(
      arguments: [
        ("reject", .reject, ["550 5.7.0 bad DKIM signature data"]),
        ("tempfail", .tempfail, ["451 4.7.0 bad DKIM signature data"]),
        ("discard", .discard, []),
      ] as [(String, MTAVerdict, [String])])
    func `A bad signature is rejected, tempfailed or discarded, as configured`(
      action: String, verdict: MTAVerdict, reply: [String]
    ) throws {
      let verifier = try OpenDKIM.start(.verifier, extra: "On-BadSignature \(action)", in: folder)
      let outcome = try verifier.connect().deliver(try spoiledMail())
      #expect(outcome.verdict == verdict)
      #expect(outcome.callback == .eom)
      #expect(outcome.replyTexts == reply)
    }

    @Test
    func `Mail that fails is redirected, or quarantined`() throws {
      let redirecting = try OpenDKIM.start(
        .verifier, extra: "RedirectFailuresTo postmaster@example.net", in: folder)
      let redirected = try redirecting.connect().deliver(try spoiledMail())
      #expect(redirected.verdict == .accept)
      #expect(
        redirected.actionTexts.dropFirst() == [
          "delrcpt carol@example.net",
          "addheader Original-Recipient: rfc822;carol@example.net",
          "delrcpt bob@example.net",
          "addheader Original-Recipient: rfc822;bob@example.net",
          "addrcpt postmaster@example.net",
        ])

      let strict = try OpenDKIM.start(
        .verifier, extra: "CaptureUnknownErrors yes\nOn-BadSignature quarantine",
        socket: "unix:\(folder.path(of: "strict.sock"))", in: folder)
      let quarantined = try strict.connect().deliver(try spoiledMail())
      #expect(quarantined.verdict == .quarantine)
      #expect(quarantined.actionTexts.last == "quarantine opendkim")
    }

    @Test
    func `It restarts itself on its socket`() throws {
      let verifier = try OpenDKIM.start(
        .verifier, .daemon, extra: "AutoRestart yes\nAutoRestartRate 100/1h", in: folder)
      let mail = Mail.make(Mail.text)
      for _ in 1...3 {
        // When OpenDKIM restarts, it removes the socket and then opens it again.
        let connection = try poll(for: "the socket") { try? verifier.connect() }
        let outcome = try connection.deliver(mail)
        #expect(outcome.values(of: "Authentication-Results").count == 1)
        let child = try #require(try verifier.children().first)
        #expect(kill(child, SIGKILL) == 0)
        try wait(for: "another child") {
          try verifier.children().contains { $0 != child }
        }
      }
      let connection = try poll(for: "the socket") { try? verifier.connect() }
      #expect(try connection.deliver(mail).verdict == .accept)
      #expect(try verifier.stop() == 0)
      try wait(for: "the child to end, too") { try verifier.survivors().isEmpty }
    }

    @Test
    func `SIGUSR1 reloads the configuration`() throws {
      let verifier = try OpenDKIM.start(.verifier, in: folder)
      let configuration = try folder.text("verifier.conf")
      try folder.write(
        configuration.replacing("verifier.example.net", with: "renamed.example.net"),
        to: "verifier.conf")
      #expect(kill(verifier.pid, SIGUSR1) == 0)
      try wait(for: "the new name") {
        let outcome = try verifier.connect().deliver(Mail.make(Mail.text))
        let results = outcome.values(of: "Authentication-Results").first
        return results?.hasPrefix("renamed.example.net;") == true
      }
      #expect(try verifier.stop(SIGHUP) == 0)
    }

    /// A message to which text was added after it was signed.
    private func spoiledMail() throws -> MTAMail {
      let signer = try OpenDKIM.start(.signer, in: folder)
      let mail = Mail.make(
        Mail.text, to: ["<bob@example.net>", "<carol@example.net>"], client: "127.0.0.1")
      var signed = try signer.connect().deliver(mail).result
      signed.message.body += Array("One line more.\r\n".utf8)
      signed.envelope.address = MTAEnvelope.defaultAddress
      return signed
    }
  }
}
