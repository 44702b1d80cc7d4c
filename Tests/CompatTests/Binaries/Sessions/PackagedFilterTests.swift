import MilterProcessFixtures
import Testing

extension DebianBinaries {
  /// Every filter on libmilter in Debian 12 and 13, unmodified, in one session on each library.
  @Suite struct PackagedFilterTests {
    @Test(.requires(.installed), arguments: PackagedBuild.all(of: .installed))
    func `A session is the same on Sendmail's library and on ours`(build: PackagedBuild) throws {
      try check(build)
    }

    @Test(.requires(.trixie), arguments: PackagedBuild.all(of: .trixie))
    func `A session of Debian 13's build is the same on its library and on ours`(
      build: PackagedBuild
    ) throws {
      try check(build)
    }

    private func check(_ build: PackagedBuild) throws {
      if let missing = build.missing { throw HarnessError(missing) }
      let expected = try build.transcript
      for library in [LibraryUnderTest.original, try LibraryUnderTest.current.get()] {
        let name = library.prefix ?? "Sendmail's library"
        let folder = try ScratchDirectory()
        let filter = try build.start(on: library, in: folder)
        try filter.expectLibraryUnderTest()
        let connection = try filter.connect()
        let outcomes = try SessionMail.all.map { try connection.deliver($0) }
        let text = Transcript.text(of: connection.negotiated, outcomes)
        #expect(text == expected, "\(name)")
        connection.quit()
        // With Sendmail's library, a filter takes seconds to stop, so it is killed instead. vrfydmn exits without
        // the library's end, while Python may still run its callbacks.
        if library.prefix != nil, build.filter != .vrfydmn {
          #expect(try filter.stop() == 0, "\(name)")
        }
      }
    }
  }
}

extension Trait where Self == ConditionTrait {
  /// Runs the tests if a release's filters can be started, or if filters are required.
  fileprivate static func requires(_ release: FilterRelease) -> Self {
    .needs(.filters, missing: PackagedBuild.all(of: release).map(\.missing))
  }
}
