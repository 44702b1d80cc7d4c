import MilterChainFixtures
import MilterFilterFixtures
import MilterMessageFixtures
import MilterTesting
import Synchronization
import Testing

extension RealMTASuite {
  /// A chain of filters, compared with the same filters in the MTA's list.
  @Suite struct ChainTests {
    /// The number of filters.
    private static let filters = 3

    /// The number of the current session, which selects the behavior of the filters.
    private final class Seed: Sendable {
      private let value = Atomic<Int>(0)
      var number: Int {
        get { value.load(ordering: .sequentiallyConsistent) }
        set { value.store(newValue, ordering: .sequentiallyConsistent) }
      }

      func filter(_ number: Int) -> RandomFilter {
        RandomFilter(.init(seed: self.number, number: number, isKind: isKind))
      }

      /// Whether the filters let every client connect.
      var isKind: Bool { !number.isMultiple(of: 7) }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Random filters do the same in a chain as in the MTA's list`(kind: RealMTA.Kind)
      async throws
    {
      let seed = Seed()
      let directory = try InstanceDirectory()
      defer { directory.remove() }
      func server(_ name: String, _ make: @escaping @Sendable () -> MilterBase) throws
        -> FilterServer
      {
        let path = directory.path(of: name)
        return try FilterServer(
          on: kind == .sendmail ? .unix(path: path) : .inet(port: 0), make)
      }
      let listed = try (0..<Self.filters).map { number in
        try server("filter\(number)") { seed.filter(number) }
      }
      let chain = try server("chain") {
        MilterChain { for number in 0..<Self.filters { ChainMember.filter(seed.filter(number)) } }
      }
      defer { for server in listed + [chain] { server.stop() } }
      try await withMTA(kind, .init(filters: listed.map(\.socket.spec))) { listMTA in
        try await withMTA(kind, .init(filters: [chain.socket.spec])) { chainMTA in
          for number in ChainCases.numbers(250) {
            seed.number = number
            let lines = Self.session(number)
            var (expected, got) = (SessionRecord(), SessionRecord())
            try MTAPair(kind: kind, mta: listMTA, socket: chain.socket)
              .playReal(lines, true, &expected)
            try MTAPair(kind: kind, mta: chainMTA, socket: chain.socket)
              .playReal(lines, true, &got)
            if kind == .postfix, !seed.isKind, got.queue.isEmpty, expected.queue.isEmpty {
              // If a filter of a list refuses the client at HELO, Postfix still sends MAIL to the filters
              // before it. A chain gets no further command. So the replies differ, and only the refusal
              // itself is compared.
              #expect(got.replies.isEmpty == expected.replies.isEmpty, "seed \(number)")
              (got.replies, expected.replies) = ([], [])
            }
            let differences = got.differences(from: expected)
            #expect(differences == [], "\(kind), seed \(number)")
          }
        }
      }
      // A random filter may set a reply that does not fit its verdict. The chain logs this, with one line a
      // minute for further cases. These warnings are not errors of the chain.
      let complaints = chain.complaints.filter {
        !$0.contains("/RandomFilter[") && !$0.contains("more answers of callbacks were wrong")
      }
      #expect(complaints == [])
    }

    /// Returns a filter that performs an action at the end of each message.
    private static func filter(
      _ work: @escaping @Sendable (ScriptedFilter) throws -> MilterStatus
    ) -> ScriptedFilter {
      ScriptedFilter { filter, callback in callback == .eom ? try work(filter) : .continue }
    }

    @Test(arguments: ["450", "550", "553", "554"])
    func `Sendmail's reply names a sender that a filter has changed in a list, and not in a chain`(
      code: String
    ) async throws {
      let change: @Sendable () -> MilterBase = {
        Self.filter {
          try $0.chgfrom("<changed@from.example>")
          return .continue
        }
      }
      let refuse: @Sendable () -> MilterBase = {
        Self.filter {
          try $0.setreply(code, "\(code.prefix(1)).7.1", "not wanted")
          return code.hasPrefix("4") ? .tempfail : .reject
        }
      }
      let chain = try FilterServer(on: .inet(port: 0)) {
        MilterChain {
          ChainMember.filter(change())
          ChainMember.filter(refuse())
        }
      }
      let listed = try [change, refuse].map { try FilterServer(on: .inet(port: 0), $0) }
      defer { for server in listed + [chain] { server.stop() } }
      let named = code == "554" ? "" : "<changed@from.example>... "
      for (name, servers, sender) in [
        ("list", listed, named), ("chain", [chain], ""), ("one filter", [listed[1]], ""),
      ] {
        try await withMTA(.sendmail, .init(filters: servers.map(\.socket.spec))) { mta in
          let lines = try mta.deliver(mail()).final.lines
          #expect(lines == ["\(code) \(code.prefix(1)).7.1 \(sender)not wanted"], "\(name)")
        }
      }
    }

    /// Returns the random commands of a client.
    private static func session(_ seed: Int) -> [ClientLine] {
      var random = Random(seed: seed)
      let source = RandomMail(isExact: true, hasLargeFields: false, isTame: true)
      var lines = [ClientLine.ehlo("client.example")]
      // Unknown commands come only before the first message. After a verdict, an MTA still sends them to the
      // other filters in its list, which differs from a chain.
      if random.oneIn(3) { lines.append(.unknown("FROB")) }
      for _ in 0...random.below(3) {
        let mail = source.mail(&random)
        lines.append(.mail("sender@from.example BODY=8BITMIME"))
        for name in ["one", "two", "to0", "to1"].prefix(1 + random.below(4)) {
          lines.append(.rcpt("\(name)@to.example"))
          if random.oneIn(6) { lines.append(.rcpt("nobody@rejected.example")) }
        }
        lines.append(random.oneIn(12) ? .rset : .message(mail.message.bytes))
        if random.oneIn(8) { lines.append(.ehlo("client.example")) }
      }
      return lines
    }
  }
}
