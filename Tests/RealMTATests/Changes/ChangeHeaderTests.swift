import MilterKit
import Testing

extension RealMTASuite {
  /// The effect of `chgheader` on the queued message.
  @Suite struct ChangeHeaderTests {
    /// Three fields of one name among others.
    private static let original: [String] = [
      "X-A: a", "X-T: one", "X-M: m", "X-T: two", "x-t: three", "X-Z: z",
    ]

    @Test(arguments: RealMTA.Kind.allCases, changes)
    func `Only the named header is changed`(kind: RealMTA.Kind, what: HeaderCase)
      async throws
    {
      let message = try await queued(
        by: kind, mail(Self.original.joined(separator: "\n")), keepsSpace: what.keepsSpace,
        after: what.change)
      #expect(message.fields == what.fields(of: kind))
    }

    private static let changes: [HeaderCase] = [
      HeaderCase(
        "the first", ["X-A: a", "X-T: new", "X-M: m", "X-T: two", "x-t: three", "X-Z: z"]
      ) { try $0.chgheader("X-T", 1, "new") },
      // Both MTAs treat index 0 as 1.
      HeaderCase(
        "index 0", ["X-A: a", "X-T: new", "X-M: m", "X-T: two", "x-t: three", "X-Z: z"]
      ) { try $0.chgheader("X-T", 0, "new") },
      HeaderCase(
        "the second", ["X-A: a", "X-T: one", "X-M: m", "X-T: new", "x-t: three", "X-Z: z"]
      ) { try $0.chgheader("X-T", 2, "new") },
      // Postfix uses the filter's spelling of the name, and Sendmail keeps the spelling in the message.
      HeaderCase(
        "a name spelled differently",
        ["X-A: a", "X-T: one", "X-M: m", "X-T: two", "X-t: new", "X-Z: z"],
        sendmail: ["X-A: a", "X-T: one", "X-M: m", "X-T: two", "x-t: new", "X-Z: z"]
      ) { try $0.chgheader("X-t", 3, "new") },
      // There is no field with this index, so the MTA adds one, at the same place as with addheader.
      HeaderCase(
        "beyond the last", original + ["X-T: new"],
        sendmail: ["X-A: a", "X-T: new"] + original.dropFirst()
      ) { try $0.chgheader("X-T", 4, "new") },
      HeaderCase(
        "far beyond the last", original + ["X-T: new"],
        sendmail: ["X-A: a", "X-T: new"] + original.dropFirst()
      ) { try $0.chgheader("X-T", 50, "new") },
      HeaderCase("a name that is not there", original + ["X-New: new"]) {
        try $0.chgheader("X-New", 1, "new")
      },
      HeaderCase(
        "spaces as they come", keepsSpace: true,
        ["X-A: new", "X-T:new", "X-M: m", "X-T:  new", "x-t: three", "X-Z: z"]
      ) {
        try $0.chgheader("X-A", 1, " new")
        try $0.chgheader("X-T", 1, "new")
        try $0.chgheader("X-T", 2, "  new")
      },
      // Indexes count added fields: Postfix counts them after the other fields, Sendmail before them.
      HeaderCase(
        "after adding one", original + ["X-T: new"],
        sendmail: ["X-A: a", "X-T: four", "X-T: one", "X-M: m", "X-T: two", "x-t: new", "X-Z: z"]
      ) {
        try $0.addheader("X-T", "four")
        try $0.chgheader("X-T", 4, "new")
      },
      HeaderCase("after inserting one", ["X-T: new"] + original) {
        try $0.insheader(0, "X-T", "zero")
        try $0.chgheader("X-T", 1, "new")
      },
    ]

    @Test(arguments: RealMTA.Kind.allCases, deletions)
    func `Only the named header is deleted`(kind: RealMTA.Kind, what: HeaderCase)
      async throws
    {
      let message = try await queued(
        by: kind, mail(Self.original.joined(separator: "\n")), after: what.change)
      #expect(message.fields == what.fields(of: kind))
    }

    private static let deletions: [HeaderCase] = [
      HeaderCase("second, by nil", ["X-A: a", "X-T: one", "X-M: m", "x-t: three", "X-Z: z"]) {
        try $0.chgheader("X-T", 2, nil)
      },
      HeaderCase("second, by \"\"", ["X-A: a", "X-T: one", "X-M: m", "x-t: three", "X-Z: z"]) {
        try $0.chgheader("X-T", 2, "")
      },
      HeaderCase("beyond the last", original) { try $0.chgheader("X-T", 4, nil) },
      HeaderCase("a name that is not there", original) { try $0.chgheader("X-New", 1, nil) },
      HeaderCase("all from the last to the first", ["X-A: a", "X-M: m", "X-Z: z"]) { filter in
        for index in [3, 2, 1] { try filter.chgheader("X-T", index, nil) }
      },
      // Postfix no longer counts deleted fields, and Sendmail still does.
      HeaderCase(
        "all from the first to the last", ["X-A: a", "X-M: m", "X-T: two", "X-Z: z"],
        sendmail: ["X-A: a", "X-M: m", "X-Z: z"]
      ) { filter in
        for index in [1, 2, 3] { try filter.chgheader("X-T", index, nil) }
      },
      HeaderCase(
        "the first, three times", ["X-A: a", "X-M: m", "X-Z: z"],
        sendmail: ["X-A: a", "X-M: m", "X-T: two", "x-t: three", "X-Z: z"]
      ) { filter in
        for _ in 1...3 { try filter.chgheader("X-T", 1, nil) }
      },
      // In Sendmail, the change restores the deleted field, with the new value.
      HeaderCase(
        "the second, then changed", ["X-A: a", "X-T: one", "X-M: m", "X-T: new", "X-Z: z"],
        sendmail: ["X-A: a", "X-T: one", "X-M: m", "X-T: new", "x-t: three", "X-Z: z"]
      ) {
        try $0.chgheader("X-T", 2, nil)
        try $0.chgheader("X-T", 2, "new")
      },
    ]

    @Test(arguments: RealMTA.Kind.allCases)
    func `A folded header is changed as a whole`(kind: RealMTA.Kind) async throws {
      let fields = mail("X-One: 1\n 2\n\t3", "X-Two: 1\n 2", "X-Three: 1", "X-Four: 1\n 2")
      let message = try await queued(by: kind, fields) {
        try $0.chgheader("X-One", 1, "new")
        try $0.chgheader("X-Two", 1, "new\n\tand\n folded")
        try $0.chgheader("X-Three", 1, "longer\n than it was")
        try $0.chgheader("X-Four", 1, nil)
      }
      #expect(
        message.fields
          == ["X-One: new", "X-Two: new\n\tand\n folded", "X-Three: longer\n than it was"])
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Fields that every message has can also be changed`(kind: RealMTA.Kind) async throws {
      let message = try await queued(by: kind, mail("Subject: old", "X-Z: z")) {
        try $0.chgheader("From", 1, "\"A. New\" <new@from.example>")
        try $0.chgheader("Subject", 1, "new")
        try $0.chgheader("Message-Id", 1, nil)
      }
      #expect(message.values(of: "From") == ["\"A. New\" <new@from.example>"])
      #expect(message.headers.map(\.name) == ["Received", "Date", "From", "Subject", "X-Z"])
      #expect(message.fields == ["Subject: new", "X-Z: z"])
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Bytes in other headers are unchanged`(kind: RealMTA.Kind) async throws {
      let bytes: [UInt8] = [0x20, 0x20, 0xe9, 0x80, 0x81, 0x9f, 0xa0, 0xff, 0xff, 0x7f]
      let own = ["X-Before", "X-Behind"].map { QueuedHeader($0, rawValue: bytes) }
      let end: [UInt8] = [0x0d, 0x0a]
      let header = [
        Array("X-Before:".utf8) + bytes + end, Array("X-T: old\r\n".utf8),
        Array("X-Behind:".utf8) + bytes + end + end,
      ].joined()
      let message = try await queued(by: kind, Array(mail().dropLast(9)) + header) {
        try $0.chgheader("X-T", 1, nil)
        try $0.addheader("X-New", "v")
        try $0.insheader(0, "X-Top", "v")
      }
      #expect(
        message.ownHeaders == [QueuedHeader("X-Top", " v")] + own + [QueuedHeader("X-New", " v")])
    }
  }
}
