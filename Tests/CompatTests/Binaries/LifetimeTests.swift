import Foundation
import Glibc
import MilterCore
import MilterMTA
import MilterProcessFixtures
import Testing

extension DebianBinaries {
  /// The library's file, and a filter's calls before and after it serves.
  @Suite(.requires(.compiler)) struct LifetimeTests {
    private let folder: ScratchDirectory
    private let library: LibraryUnderTest

    init() throws {
      try DebianFilter.compiler.check()
      folder = try ScratchDirectory()
      library = try LibraryUnderTest.current.get()
    }

    @Test func `The library exports exactly libmilter's functions, and nothing of Swift`() throws {
      let ours = try exports(of: library)
      let theirs = try exports(of: .original)
      #expect(theirs.count >= 26 + 5)
      #expect(theirs.subtracting(ours) == [])
      let prefixes = ["smfi_", "sm_", "mi_"]
      let further = ours.subtracting(theirs).filter { export in
        // Other releases of libmilter export more functions with these prefixes, and more data.
        !export.isData && !prefixes.contains { export.name.hasPrefix($0) }
      }
      #expect(further == [])
    }

    private struct Export: Hashable {
      let name: Substring
      let isData: Bool
    }

    private func exports(of library: LibraryUnderTest) throws -> Set<Export> {
      let dump = try Subprocess.succeed("/usr/bin/nm", ["-D", "--defined-only", library.file])
      return Set(
        dump.output.split(separator: "\n").map { line in
          let columns = line.split(separator: " ")
          return Export(name: columns[2], isData: ["B", "D", "R"].contains(columns[1]))
        })
    }

    @Test func `The functions for strings and errors work as libmilter's`() throws {
      let program = try compile("strings", with: .original)
      let ours = try Subprocess.succeed(program, [], environment: library.environment).output
      let theirs = try Subprocess.succeed(program, []).output
      #expect(ours.split(separator: "\n").count > 1000)
      #expect(ours == theirs)
    }

    @Test func `A filter that forked and lost its parent may call from any thread`() throws {
      let program = try CCompiler.all[0].compile("forked", with: library, in: folder, ["-pthread"])
      let result = try Subprocess.run(program, [], environment: library.environment)
      #expect(result.errors == "")
      #expect(result.output == "done\n")
      #expect(result.status == 0)
    }

    @Test(arguments: [
      ["main", "main", "main"], ["main", "unlink", "main", "main"], ["main", "reopen", "main"],
      ["main", "open", "main"], ["main", "register", "setconn", "main", "reopen", "open", "main"],
    ])
    func `Once stopped, smfi_main returns what libmilter's does`(steps: [String]) throws {
      let program = try compile("again", with: .original)
      for socket in ["inet:0@127.0.0.1", "unix:\(folder.path(of: "again"))"] {
        let steps = [socket] + steps.filter { $0 != "unlink" || socket.hasPrefix("unix") }
        let ours = try Subprocess.succeed(program, steps, environment: library.environment).output
        try? FileManager.default.removeItem(atPath: folder.path(of: "again"))
        let theirs = try Subprocess.succeed(program, steps).output
        try? FileManager.default.removeItem(atPath: folder.path(of: "again"))
        #expect(ours == theirs, "\(socket)")
        #expect(ours.split(separator: "\n").count == steps.count + 2, "\(socket)")
      }
    }

    @Test(arguments: ["8891@127.0.0.1", "8891"])
    func `A socket without a scheme is a path, as in libmilter`(socket: String) throws {
      let program = try compile("again", with: .original)
      let outputs = try [library.environment, Subprocess.environment].map { environment in
        let place = folder.path(of: UUID().uuidString)
        try FileManager.default.createDirectory(
          atPath: place, withIntermediateDirectories: false)
        let run = try Subprocess.succeed(
          "/bin/sh", ["-c", #"cd "$0" && exec "$@""#, place, program, socket, "reopen"],
          environment: environment)
        #expect(FileManager.default.fileExists(atPath: "\(place)/\(socket)"))
        return run.output
      }
      #expect(outputs[0] == outputs[1])
      #expect(outputs[0].contains("reopen 0\n"))
    }

    @Test func `A program may unload the library after serving`() throws {
      let program = try compile("unload", with: library)
      let socket = "unix:\(folder.path(of: "socket"))"
      let filter = try RunningFilter(program, [library.file, socket], socket: socket, in: folder)
      let connection = try filter.connect()
      #expect(try connection.deliver(Mail.make("Subject: x\n\nBody\n")).verdict == .accept)
      connection.quit()
      #expect(try filter.stop() == 0)
      #expect(filter.output == "main: 0\nclose: 0\nstill there: 1\n")
    }

    /// The limits are in KiB, as for `ulimit -s`; the last one allows more than 20 MB.
    @Test(arguments: [256, 1024, 8192, 65_536])
    func `A callback has the stack that ulimit gives`(limit: Int) throws {
      let program = try compile("stack", with: library, ["-pthread"])
      let socket = "unix:\(folder.path(of: "socket"))"
      let filter = try RunningFilter(
        "/bin/sh", ["-c", "ulimit -S -s \(limit); exec \"$@\"", "sh", program, socket],
        socket: socket, in: folder)
      let connection = try filter.connect()
      #expect(try connection.deliver(Mail.make("Subject: x\n\nBody\n")).verdict == .accept)
      connection.quit()
      #expect(try filter.stop() == 0)
      #expect(filter.output == "stack \(limit * 1024), used 1\n")
    }

    private func compile(
      _ name: String, with library: LibraryUnderTest, _ options: [String] = []
    ) throws -> String {
      try #require(CCompiler.all.first).compile(name, with: library, in: folder, options)
    }

    @Test
    func `It needs only the C and C++ runtime libraries, and has libmilter's name`() throws {
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

    @Test
    func `A filter that keeps its context, calls from other threads and runs twice does not crash`()
      throws
    {
      let compiler = try #require(CCompiler.all.first)
      let program = try compiler.compile("lifetime", with: library, in: folder)
      let socket = "unix:\(folder.path(of: "socket"))"
      let filter = try RunningFilter(program, [socket], socket: socket, in: folder)
      let connection = try filter.connect()
      #expect(try connection.deliver(Mail.make("Subject: x\n\nBody\n")).verdict == .accept)
      connection.quit()
      #expect(try filter.stop() == 0)
      let lines = filter.output.split(separator: "\n")
      let results = [
        "main without register: -1", "another thread finds 42", "addheader in helo: -1", "main: 0",
        // As in libmilter, the socket file of root is not removed, and prevents a second start.
        geteuid() == 0 ? "again: -1" : "again: 0", "after close: 1 -1", "at exit: -1",
      ]
      #expect(lines.filter { results.contains(String($0)) }.map(String.init) == results)
      // The filter has called smfi_setdbg, so the library prints why a function failed.
      #expect(lines.contains("smfi_addheader: addheader may be called in eom only"))
      // The same call makes it print lines about connections.
      #expect(lines.contains { $0.contains("a connection ended after") })
    }
  }
}
