import Foundation
import MilterTesting
import Testing

/// The program, run as its users run it.
@Suite struct ProgramTests {
  /// The folder of the built programs, which is that of the running tests.
  private static var folder: URL {
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  }

  @Test func `On SIGTERM a message in progress gets its verdict, and the program ends with 0`()
    async throws
  {
    let files = FileManager.default
    let directory = files.temporaryDirectory.appending(path: "servicegroup-\(UUID().uuidString)")
    try files.createDirectory(
      at: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    defer { try? files.removeItem(at: directory) }
    let socket = "unix:\(directory.path)/s"
    let program = Process()
    let errors = Pipe()
    program.executableURL = Self.folder.appending(path: "servicegroup")
    program.arguments = [socket]
    program.standardError = errors
    try program.run()
    // This also ends the program if the test fails.
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
