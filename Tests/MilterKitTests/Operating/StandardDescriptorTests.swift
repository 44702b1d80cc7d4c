import Foundation
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Testing

@Suite(.ownThread, .timeLimit(.minutes(15))) struct StandardDescriptorTests {
  @Test func `a program without standard descriptors puts nothing in their place`() throws {
    let directory = try ScratchDirectory()
    let path = directory.path(of: "s")
    let program = try StartedProgram(
      "/bin/sh",
      [
        "-c", "exec \"$0\" \"$@\" <&- >&- 2>&-", BuiltProgram.path(of: "milter-operated-filter"),
        "--socket", "unix:\(path)", "--pidfile", directory.path(of: "pid"),
      ])
    try program.wait(for: "it to listen") { (try? TestMTA("unix:\(path)").greet()) != nil }
    for number in 0...2 {
      let link = "/proc/\(program.pid)/fd/\(number)"
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/null")
    }
    #expect(try program.end() == 0)
  }

  @Test func `a server that is embedded puts its sockets nowhere else either`() async {
    for runs in [false, true] {
      await #expect(processExitsWith: .success) { [runs = runs as Bool] in
        for number in 0...2 as ClosedRange<Int32> { close(number) }
        var configuration = MilterConfiguration()
        configuration.log = MilterLog { _, _ in }
        let server = try MilterServer(
          sockets: ["inet:0@127.0.0.1"], configuration: configuration
        ) { ScriptedFilter() as Milter }
        if runs {
          server.stop()
          #expect(throws: (any Error).self) { try server.run() }
        } else {
          try server.open()
        }
        for number in 0...2 {
          let target = try FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/fd/\(number)")
          #expect(target == "/dev/null")
        }
      }
    }
  }
}
