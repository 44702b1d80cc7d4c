import MilterCore
import MilterMTA
import MilterProcessFixtures
import Testing

extension DebianBinaries {
  /// The library as a file, and what a filter can do to it before and after it has run.
  @Suite(.requires(.compiler)) struct LifetimeTests {
    private let folder: ScratchDirectory
    private let library: LibraryUnderTest

    init() throws {
      try DebianFilter.compiler.check()
      folder = try ScratchDirectory()
      library = try LibraryUnderTest.current.get()
    }

    @Test("The library shows libmilter's functions and nothing else")
    func exports() throws {
      let dump = try Subprocess.succeed("/usr/bin/nm", ["-D", "--defined-only", library.file])
      let names = dump.output.split(separator: "\n").compactMap { $0.split(separator: " ").last }
      #expect(
        names.sorted() == [
          "smfi_addheader", "smfi_addrcpt", "smfi_addrcpt_par", "smfi_chgfrom", "smfi_chgheader",
          "smfi_delrcpt", "smfi_getpriv", "smfi_getsymval", "smfi_insheader", "smfi_main",
          "smfi_opensocket", "smfi_progress", "smfi_quarantine", "smfi_register",
          "smfi_replacebody", "smfi_setbacklog", "smfi_setconn", "smfi_setdbg",
          "smfi_setmaxdatasize", "smfi_setmlreply", "smfi_setpriv", "smfi_setreply",
          "smfi_setsymlist", "smfi_settimeout", "smfi_stop", "smfi_version",
        ])
    }

    @Test("It needs the C and C++ runtime libraries only, and has libmilter's name")
    func needs() throws {
      let dump = try Subprocess.succeed("/usr/bin/objdump", ["-p", library.file])
      let lines = dump.output.split(separator: "\n").map { $0.split(separator: " ") }
      func values(_ key: Substring) -> [Substring] {
        lines.filter { $0.first == key }.compactMap(\.last)
      }
      #expect(values("SONAME") == ["libmilter.so.1.0.1"])
      let allowed = ["libc.so", "libm.so", "libstdc++.so", "libgcc_s.so", "ld-linux"]
      let others = values("NEEDED").filter { name in !allowed.contains { name.hasPrefix($0) } }
      #expect(others == [])
    }

    @Test("A filter that keeps its context, asks elsewhere and runs twice does not crash")
    func survives() throws {
      let compiler = try #require(CCompiler.all.first)
      let program = try compiler.compile("lifetime", with: library, in: folder)
      let socket = "unix:\(folder.path(of: "socket"))"
      let filter = try RunningFilter(program, [socket], socket: socket, in: folder)
      let connection = try filter.connect()
      #expect(try connection.deliver(Mail.make("Subject: x\n\nBody\n")).verdict == .accept)
      try connection.quit()
      #expect(try filter.stop() == 0)
      let lines = filter.output.split(separator: "\n")
      let results = [
        "main without register: -1", "another thread finds 42", "addheader in helo: -1", "main: 0",
        "again: 0", "after close: 1 -1", "at exit: -1",
      ]
      #expect(lines.filter { results.contains(String($0)) }.map(String.init) == results)
      // What failed is explained, as smfi_setdbg asks for.
      #expect(lines.contains("smfi_addheader: addheader may be called in eom only"))
    }
  }
}
