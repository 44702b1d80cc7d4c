import MilterCore
import MilterMTA
import MilterProcessFixtures
import Testing

extension DebianBinaries {
  /// A C filter of ours, compiled against the headers of the library under test.
  @Suite(.requires(.compiler)) struct CFilterTests {
    private let folder: ScratchDirectory
    private let library: LibraryUnderTest

    init() throws {
      try DebianFilter.compiler.check()
      folder = try ScratchDirectory()
      library = try LibraryUnderTest.current.get()
    }

    @Test(arguments: CCompiler.all)
    func `It compiles without a warning, and every call has the documented effect`(
      compiler: CCompiler
    )
      throws
    {
      let filter = try start(compiler)
      try filter.expectLibraryUnderTest()
      let connection = try filter.connect()
      for _ in 1...2 {
        let outcome = try connection.deliver(mail("change"))
        #expect(outcome.verdict == .quarantine)
        #expect(outcome.progressReplies == 1)
        #expect(outcome.recipients.map(\.verdict) == [.accept, .reject, .tempfail])
        #expect(outcome.recipients[1].reply == [Array("550 5.1.1 nobody".utf8)])
        #expect(
          outcome.recipients[2].reply == [
            Array("451-4.2.1 come".utf8), Array("451 4.2.1 back".utf8),
          ])
        #expect(
          outcome.actionTexts == [
            "addheader X-Body: 6",
            "insheader 0 X-Address: 192.0.2.25",
            "chgheader 1 Subject: changed",
            "chgheader 1 X-Old: ",
            "chgfrom <new@example.org>",
            "chgfrom <new@example.org> SIZE=1",
            "addrcpt <added@example.net>",
            "addrcptPar <par@example.net> NOTIFY=NEVER",
            "delrcpt <bob@example.net>",
            "replacebody new body\r\n",
            "quarantine held",
          ])
      }
      #expect(try connection.deliver(mail("accept")).verdict == .accept)
      #expect(try connection.deliver(mail("discard")).verdict == .discard)
      #expect(try connection.deliver(mail("skip")).verdict == .accept)
      let agreed = try #require(connection.negotiated)
      #expect(agreed.options.actions == .all)
      #expect(agreed.options.steps == [.skip, .nrHdr, .nounknown])
      #expect(agreed.macroLists == [.init(stage: .connect, macros: Array("j".utf8))])
      connection.quit()
      #expect(try filter.stop() == 0)
      #expect(filter.output == "smfi_main returned 0\n")
    }

    @Test
    func `smfi_stop in a callback has smfi_main return 0`() throws {
      let filter = try start(try #require(CCompiler.all.first))
      let outcome = try filter.connect().deliver(mail("stop"))
      #expect(outcome.verdict == .accept || outcome.failure?.code == .connectionClosed)
      #expect(try filter.waitForEnd() == 0)
      #expect(filter.output == "smfi_main returned 0\n")
    }

    @Test(arguments: CCompiler.all)
    func `The types of the functions are unchanged`(compiler: CCompiler) throws {
      let program = try compiler.compile("prototypes", with: library, in: folder)
      try Subprocess.succeed(program, [], environment: library.environment)
    }

    @Test(arguments: CCompiler.all)
    func `Constants and types are those of the original`(compiler: CCompiler) throws {
      let ours = try constants(compiler, library)
      let theirs = try constants(compiler, .original)
      #expect(ours.count > 120)
      #expect(ours == theirs)
    }

    private func constants(
      _ compiler: CCompiler, _ library: LibraryUnderTest
    ) throws -> [Substring] {
      let program = try compiler.compile("constants", with: library, in: folder)
      return try Subprocess.succeed(program, [], environment: library.environment)
        .output.split(separator: "\n")
    }

    private func start(_ compiler: CCompiler) throws -> RunningFilter {
      let program = try compiler.compile("filter", with: library, in: folder)
      let socket = "unix:\(folder.path(of: "socket"))"
      return try RunningFilter(program, [socket], socket: socket, in: folder)
    }

    private func mail(_ subject: String) -> MTAMail {
      Mail.make(
        "Subject: \(subject)\nX-Old: value\n\nBody\n",
        to: ["<bob@example.net>", "<refused@example.net>", "<later@example.net>"])
    }
  }
}
