import MilterProcessFixtures
import Testing

extension DebianBinaries {
  /// Filters that call functions of a connection from their own threads.
  @Suite(.requires(.compiler)) struct ThreadsTests {
    /// How the filter is linked with the library.
    enum Build: CaseIterable {
      /// The filter uses the installed shared library.
      case shared
      /// The filter and the library are built with the tests, including a sanitizer of the build.
      case linked
    }

    private static let connections = 16

    /// Returns the total number of messages.
    private static func messages(_ build: Build) -> Int {
      // Without a sanitizer, both builds have the same code, so the linked one gets fewer messages.
      build == .shared || BuiltProgram.isSanitized ? 20_000 : 2_000
    }

    @Test(arguments: Build.allCases)
    func `Three threads call every function at any time, and no frame is torn, lost or late`(
      build: Build
    ) async throws {
      try DebianFilter.compiler.check()
      let folder = try ScratchDirectory()
      let socket = "unix:\(folder.path(of: "socket"))"
      let filter = try RunningFilter(
        program(build, in: folder), [socket], socket: socket, in: folder)
      if build == .shared { try filter.expectLibraryUnderTest() }
      let share = Self.messages(build) / Self.connections
      try await withThrowingTaskGroup { group in
        for connection in 0..<Self.connections {
          let messages = connection * share..<(connection + 1) * share
          group.addTask {
            try await onThread { try ThreadedConversation(to: socket).play(messages) }
          }
        }
        try await group.waitForAll()
      }
      #expect(try filter.stop() == 0)
      #expect(filter.output == "smfi_main returned 0\n")
    }

    private func program(_ build: Build, in folder: ScratchDirectory) throws -> String {
      switch build {
      case .linked: return try BuiltProgram.path(of: "milter-threads-c")
      case .shared:
        let compiler = try #require(CCompiler.all.first)
        let source = "\(BuiltProgram.packageRoot)/Tests/Programs/ThreadedFilter/threads.c"
        return try compiler.compile(
          source, with: LibraryUnderTest.current.get(), in: folder, ["-pthread"])
      }
    }
  }
}
