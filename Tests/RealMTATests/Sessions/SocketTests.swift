import MilterFilterFixtures
import Glibc
import MilterKit
import Testing

extension RealMTASuite {
  /// The sockets between MTAs and filters.
  @Suite struct SocketTests {
    /// The kinds of a filter's socket.
    enum Way: CaseIterable { case inet, unixForAll, unixForGroup }

    @Test(arguments: RealMTA.Kind.allCases, Way.allCases)
    func `Filters on sockets of each kind`(kind: RealMTA.Kind, way: Way) async throws {
      let directory = try InstanceDirectory()
      defer { directory.remove() }
      let path = directory.path(of: "filter.sock")
      let play = Play()
      play.set(.reject, in: .envfrom) { try $0.setreply("554", "5.7.9", "\(way)") }
      let server = try FilterServer(on: way == .inet ? .inet(port: 0) : .unix(path: path)) {
        switch way {
        case .inet: break
        case .unixForAll: $0.socketMode = 0o666
        case .unixForGroup: ($0.socketMode, $0.socketGroup) = (0o660, "postfix")
        }
      } _: {
        play.makeFilter()
      }
      defer { server.stop() }
      var settings = RealMTA.Settings()
      settings.filters = [server.socket.spec]
      try await withMTA(kind, settings) { mta in
        let outcome = try mta.offer()
        #expect(outcome == Outcome(.mail, ["554 5.7.9 \(way)"]))
        #expect(try play.callbacks() == VerdictTests.session(upTo: .envfrom))
      }
      #expect(server.complaints == [])
      server.stop()
      #expect(access(path, F_OK) != 0)
    }

    @Test(.requires(.postfix))
    func `A socket Postfix may not write to`() async throws {
      let directory = try InstanceDirectory()
      defer { directory.remove() }
      let server = try FilterServer(on: .unix(path: directory.path(of: "filter.sock"))) {
        $0.socketMode = 0o600
        $0.log.level = .debug
      } _: {
        ScriptedFilter()
      }
      defer { server.stop() }
      var settings = RealMTA.Settings()
      settings.filters = [server.socket.spec]
      try await withMTA(.postfix, settings) { mta in
        let outcome = try mta.offer()
        #expect(outcome == Outcome(.mail, [RealMTA.Kind.postfix.temporaryFailure]))
        try mta.waitForLog("Permission denied")
      }
      #expect(server.commands == [])
    }
  }
}
