import MilterKit
import Testing

extension RealMTASuite {
  /// The effect of `addheader` on the queued message.
  @Suite struct AddHeaderTests {
    @Test(arguments: RealMTA.Kind.allCases, cases)
    func `An added header is in the queue`(kind: RealMTA.Kind, what: HeaderCase) async throws {
      let message = try await queued(
        by: kind, mail("X-A: a", "X-Z: z"), keepsSpace: what.keepsSpace, after: what.change)
      #expect(message.fields == ["X-A: a", "X-Z: z"] + what.fields(of: kind))
      #expect(message.body == Array("Hello\n".utf8))
    }

    /// The message's own two fields come first.
    private static let cases: [HeaderCase] = [
      HeaderCase("plain", ["X-New: v"]) { try $0.addheader("X-New", "v") },
      HeaderCase("empty", ["X-New: "]) { try $0.addheader("X-New", "") },
      HeaderCase("with spaces around it", ["X-New:  v "]) { try $0.addheader("X-New", " v ") },
      HeaderCase("several", ["X-New: v", "X-Other: w"]) {
        try $0.addheader("X-New", "v")
        try $0.addheader("X-Other", "w")
      },
      HeaderCase("folded over three lines", ["X-New: one\n two\n\tthree"]) {
        try $0.addheader("X-New", "one\n two\r\n\tthree")
      },
      HeaderCase("UTF-8", ["X-New: é€😀"]) { try $0.addheader("X-New", "é€😀") },
      HeaderCase("2,000 bytes", ["X-New: " + String(repeating: "x", count: 2000)]) {
        try $0.addheader("X-New", String(repeating: "x", count: 2000))
      },
      HeaderCase("20,000 bytes", ["X-New: " + String(repeating: "x", count: 20_000)]) {
        try $0.addheader("X-New", String(repeating: "x", count: 20_000))
      },
      HeaderCase("60 of them", (1...60).map { "X-New-\($0): \($0)" }) { filter in
        for number in 1...60 { try filter.addheader("X-New-\(number)", "\(number)") }
      },
      // Sendmail adds a field before the fields of the same name, so the order is reversed.
      HeaderCase(
        "three of one name", ["X-New: 1", "X-New: 2", "X-New: 3"],
        sendmail: ["X-New: 3", "X-New: 2", "X-New: 1"]
      ) { filter in
        for number in 1...3 { try filter.addheader("X-New", "\(number)") }
      },
      HeaderCase("without leading space", keepsSpace: true, ["X-New:v"]) {
        try $0.addheader("X-New", "v")
      },
      HeaderCase("with its own leading space", keepsSpace: true, ["X-New: v"]) {
        try $0.addheader("X-New", " v")
      },
      HeaderCase("with two leading spaces", keepsSpace: true, ["X-New:  v"]) {
        try $0.addheader("X-New", "  v")
      },
      HeaderCase("empty without leading space", keepsSpace: true, ["X-New:"]) {
        try $0.addheader("X-New", "")
      },
    ]

    @Test(arguments: RealMTA.Kind.allCases)
    func `A header whose name exists already is added`(kind: RealMTA.Kind) async throws {
      let message = try await queued(by: kind, mail("X-A: one", "X-M: m", "x-a: two", "X-Z: z")) {
        try $0.addheader("X-A", "new")
      }
      // Sendmail adds the field before the first field of the same name, Postfix at the end.
      #expect(
        message.fields
          == (kind == .postfix
            ? ["X-A: one", "X-M: m", "x-a: two", "X-Z: z", "X-A: new"]
            : ["X-A: new", "X-A: one", "X-M: m", "x-a: two", "X-Z: z"]))
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Bytes that are not UTF-8 arrive unchanged`(kind: RealMTA.Kind) async throws {
      let bytes: [UInt8] =
        Array("caf".utf8) + [0xe9, 0x80, 0x81, 0x9f, 0xa0, 0xff, 0xff, 0x7f, 0x01]
      let message = try await queued(by: kind) {
        try $0.addheader("X-Added", bytes)
        try $0.insheader(1, "X-Inserted", bytes)
        try $0.chgheader("X-Changed", 1, bytes)
      }
      let names = ["X-Inserted", "X-Added", "X-Changed"]
      #expect(message.ownHeaders == names.map { QueuedHeader($0, rawValue: [0x20] + bytes) })
    }
  }
}
