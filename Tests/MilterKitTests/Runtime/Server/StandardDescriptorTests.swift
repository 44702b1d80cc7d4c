import Foundation
import MilterProcessFixtures
import Testing

@Suite(.ownThread, .timeLimit(.minutes(15))) struct StandardDescriptorTests {
  @Test func `A program without standard descriptors opens nothing in their place`() throws {
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
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/null",
        "descriptor \(number)")
    }
    #expect(try program.end() == 0)
  }
}
