import MilterFilterFixtures
import MilterKit
import Testing

extension RealMTASuite {
  /// The profiles of `MilterMTA`, compared with the MTAs that they simulate.
  ///
  /// The real and the simulated MTA play each session with the same filter. The replies to the client, the
  /// arguments of the filter, and the queued messages must be the same.
  @Suite struct SimulationTests {
    @Test(arguments: RealMTA.Kind.allCases)
    func `Sessions as clients have them`(kind: RealMTA.Kind) async throws {
      try await withSimulation(kind) { mta in
        let small = ClientLine.small
        let ehlo = ClientLine.ehlo("client.example")
        try mta.compare("two messages", [ehlo] + small + small)
        try mta.compare("RSET", [ehlo] + small.dropLast() + [.rset] + small + [.rset])
        try mta.compare("EHLO in a message", [ehlo] + small.dropLast() + [ehlo] + small)
        try mta.compare("QUIT in a message", [ehlo] + small.dropLast())
        try mta.compare("a lost client", [ehlo] + small.dropLast(), quits: false)
        try mta.compare("nothing", [])
        try mta.compare("EHLO", [ehlo])
        try mta.compare("EHLO twice", [ehlo, ehlo] + small)
        try mta.compare(
          "two recipients and arguments",
          [ehlo]
            + ClientLine.message(
              SmallMessage.bytes, from: "sender@from.example SIZE=100 RET=HDRS",
              to: ["one@to.example NOTIFY=NEVER", "two@to.example"]))
        try mta.compare("a bounce", [ehlo] + ClientLine.message(SmallMessage.bytes, from: ""))
        try mta.compare("no body", [ehlo] + ClientLine.message(mail(body: "")))
        let large = SmallMessage.message(Self.large)
        try mta.compare("three chunks", [ehlo] + ClientLine.message(large))
        try mta.compare("skip", [ehlo] + ClientLine.message(large)) { _, callback in
          callback == .body ? .skip : .continue
        }
        try mta.compare(
          "unknown commands",
          [.unknown("FROB a b"), ehlo, .unknown("FROB"), small[0], .unknown("FROB c"), small[1]]
            + small[2...] + [.unknown("FROB d")] + small)
      }
    }

    private static let large = [[UInt8]](
      repeating: Array((String(repeating: "x", count: 70) + "\r\n").utf8), count: 2100
    ).flatMap { $0 }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Verdicts in every callback`(kind: RealMTA.Kind) async throws {
      try await withSimulation(kind) { mta in
        for status in [MilterStatus.reject, .tempfail, .accept, .discard] {
          for callback in VerdictTests.callbacks {
            for text in ReplyTests.Text.allCases where text == .none || !status.isPositive {
              let digit = status == .reject ? 5 : 4
              try mta.compare(
                "\(status) in \(callback), \(text)",
                [.ehlo("client.example")] + ClientLine.small
              ) { filter, current in
                guard current == callback else { return .continue }
                try text.set(in: filter, class: digit)
                return status
              }
            }
          }
        }
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Verdicts, and what a client does then`(kind: RealMTA.Kind) async throws {
      try await withSimulation(kind) { mta in
        let ehlo = ClientLine.ehlo("client.example")
        for status in [MilterStatus.reject, .tempfail, .accept, .discard] {
          for callback in VerdictTests.callbacks.dropFirst(2) {
            try mta.compare(
              "\(status) in \(callback), RSET and another",
              [ehlo] + ClientLine.small + [.rset] + ClientLine.small
            ) { _, current in current == callback ? status : .continue }
          }
          try mta.compare(
            "\(status) in unknown",
            [ehlo] + ClientLine.small.prefix(2) + [.unknown("FROB")] + ClientLine.small.suffix(1)
          ) { _, current in current == .unknown ? status : .continue }
          try mta.compare(
            "\(status) for one recipient",
            [ehlo]
              + ClientLine.message(
                SmallMessage.bytes, to: ["one@to.example", "two@to.example", "three@to.example"])
          ) { filter, current in
            current == .envrcpt && filter.arguments[0] == "<two@to.example>" ? status : .continue
          }
        }
        for code in ["421", "450", "451", "550", "553", "554"] {
          let status = code.hasPrefix("4") ? MilterStatus.tempfail : .reject
          for callback in VerdictTests.callbacks.dropFirst() {
            try mta.compare("\(code) in \(callback)", [ehlo] + ClientLine.small) {
              filter, current in
              guard current == callback else { return .continue }
              try filter.setreply(code, "\(code.prefix(1)).7.1", "100% sure")
              return status
            }
          }
        }
        for (code, text) in [(nil, "no code"), ("5.7.1", nil), (nil, nil)] as [(String?, String?)] {
          try mta.compare("550 \(code ?? "") \(text ?? "")", [ehlo] + ClientLine.small) {
            guard $1 == .eom else { return .continue }
            try $0.setreply("550", code, text)
            return .reject
          }
        }
        try mta.compare("a very long reply", [ehlo] + ClientLine.small) {
          guard $1 == .eom else { return .continue }
          // Sendmail cuts a reply at 16 KiB within a line, and the client would wait for the rest.
          let line = String(repeating: "x", count: 980)
          try $0.setmlreply(
            "550", "5.7.1", [String](repeating: line, count: kind == .sendmail ? 16 : 32))
          return .reject
        }
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Steps left out, without reply, and recipients on request`(kind: RealMTA.Kind) async throws
    {
      try await withSimulation(kind) { mta in
        let lines =
          [.ehlo("client.example"), .unknown("FROB")]
          + ClientLine.message(
            SmallMessage.bytes,
            to: ["one@to.example", "nobody@rejected.example", "two@to.example"])
          + ClientLine.small
        for steps: MilterProtocolFlags in [
          [], .allNo, [.nohdrs, .nobody], [.noconnect, .nomail, .noeoh],
          [.nohelo, .norcpt, .nodata],
          .allNr, .hdrLeadspc,
        ] {
          try mta.compare("\(steps)", lines) { filter, callback in
            if callback == .negotiate { filter.wanted.steps.formUnion(steps) }
            return .continue
          }
        }
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Macros that a filter requests`(kind: RealMTA.Kind) async throws {
      try await withSimulation(kind) { mta in
        let lists: [[MilterStage: String]] = [
          [.connect: "j {client_addr}", .envfrom: "i {mail_addr}", .data: "i {rcpt_addr}"],
          [.connect: "", .helo: "", .envfrom: "", .envrcpt: "", .data: "", .eoh: "", .eom: ""],
          [.helo: "{nonsense}", .envrcpt: "{rcpt_host}"],
          [.eoh: "v", .eom: "j"],
        ]
        for list in lists {
          try mta.compare("\(list)", [.ehlo("client.example")] + ClientLine.small) {
            if $1 == .negotiate { for (stage, names) in list { try $0.setsymlist(stage, names) } }
            return .continue
          }
        }
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Changes of the message`(kind: RealMTA.Kind) async throws {
      try await withSimulation(kind) { mta in
        let lines =
          [.ehlo("client.example")]
          + ClientLine.message(
            mail("X-A: a", "X-T: one", "X-M: m", "X-T: two", "x-t: three", "X-Z: z"),
            to: ["One@to.example", "two@to.example"])
        for change in SimulatedChange.all {
          try mta.compare(change.name, lines) { filter, callback in
            if callback == .eom { try change.make(filter) }
            return .continue
          }
        }
      }
    }
  }
}

extension MilterStatus {
  /// Whether the client gets a positive reply.
  fileprivate var isPositive: Bool { self == .accept || self == .discard }
}
