import Foundation
import MilterTesting
import Testing

/// The program, run as its users run it.
@Suite struct ProgramTests {
  /// Where the build puts programs: where the tests are that are running.
  private static var folder: URL {
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  }

  @Test func `On SIGTERM a message under way has its verdict, and the program ends with 0`()
    async throws
  {
    let files = FileManager.default
    let directory = files.temporaryDirectory.appending(path: "servicegroup-\(UUID().uuidString)")
    try files.createDirectory(
      at: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    defer { try? files.removeItem(at: directory) }
    let socket = "unix:\(directory.path)/s"
    let (program, errors) = (Process(), Pipe())
    program.executableURL = Self.folder.appending(path: "servicegroup")
    program.arguments = [socket]
    program.standardError = errors
    try program.run()
    // If the test fails, the program ends all the same.
    defer { program.terminate() }

    let log = errors.fileHandleForReading
    try await onThread {
      var text = Data()
      while text.range(of: Data("listening on unix:".utf8)) == nil {
        let more = log.availableData
        try #require(!more.isEmpty, "the program ended: \(String(decoding: text, as: UTF8.self))")
        text += more
      }
    }
    let pid = program.processIdentifier
    let outcome = try await interruptedMessage(to: socket) { kill(pid, SIGTERM) }
    #expect(outcome?.verdict == .accept)
    try await onThread { _ = try log.readToEnd() }
    program.waitUntilExit()
    #expect(program.terminationReason == .exit)
    #expect(program.terminationStatus == 0)
  }
}
