import MilterFilterFixtures
import MilterCore
import Testing

extension RealMTASuite {
  /// Replies that no library sends.
  @Suite struct RawSimulationTests {
    /// Replies to commands, and the name of the case.
    struct Case: CustomTestStringConvertible, Sendable {
      let testDescription: String
      let replies: [MTACommandCode: [FilterReply]]

      init(_ description: String, _ replies: [MTACommandCode: [FilterReply]]) {
        testDescription = description
        self.replies = replies
      }
    }

    @Test(
      arguments: RealMTA.Kind.allCases,
      cases + odd)
    func `The simulated MTA handles them like the real one`(kind: RealMTA.Kind, what: Case)
      async throws
    {
      let directory = try InstanceDirectory()
      defer { directory.remove() }
      let socket = MilterSocket.unix(path: directory.path(of: "filter.sock"))
      let filter = try RawFilter(
        on: directory.path(of: "filter.sock"),
        .init(
          wanting: .init(actions: .all, steps: .skip),
          what.replies.mapValues(RawFilter.Answer.replies)))
      defer { filter.stop() }
      try await withMTA(kind, RealMTA.Settings(filters: [socket.spec])) { mta in
        let pair = MTAPair(kind: kind, mta: mta, socket: socket)
        let lines = [.ehlo("client.example")] + ClientLine.small
        var real = SessionRecord()
        try pair.playReal(lines, true, &real)
        real.packets = try filter.lines(of: 1)
        var simulated = SessionRecord()
        try pair.playSimulated(lines, &simulated)
        simulated.packets = Array(try filter.lines(of: 2).dropFirst(real.packets.count))
        #expect(simulated.differences(from: real) == [])
      }
    }

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
  }
}

extension RawFilter {
  /// Waits until this number of connections has ended, and returns the commands so far.
  func lines(of connections: Int) throws -> [String] {
    try poll(for: "the end of the filter's connection") {
      let all = journal.all
      return all.filter { $0 == "end" }.count >= connections ? all : nil
    }
  }
}
