import MilterKit
import Testing

extension RealMTASuite {
  /// The effect of `insheader` on the queued message.
  @Suite struct InsertHeaderTests {
    /// An index, and the number of the message's fields above the inserted one.
    struct Place: CustomTestStringConvertible {
      let index: Int
      let postfix: Int
      let sendmail: Int

      var testDescription: String { "at \(index)" }
    }

    /// Postfix counts all fields of the message, beginning with its own Received.
    ///
    /// Sendmail also counts each field for which its configuration has a default. Most messages do not have
    /// these fields, so the first eight indexes below Received mean the same place.
    private static let places: [Place] = [
      Place(index: 0, postfix: 0, sendmail: 0), Place(index: 1, postfix: 1, sendmail: 1),
      Place(index: 3, postfix: 3, sendmail: 1), Place(index: 5, postfix: 5, sendmail: 1),
      Place(index: 6, postfix: 6, sendmail: 1), Place(index: 7, postfix: 6, sendmail: 1),
      Place(index: 9, postfix: 6, sendmail: 2), Place(index: 12, postfix: 6, sendmail: 5),
      Place(index: 13, postfix: 6, sendmail: 6), Place(index: 1000, postfix: 6, sendmail: 6),
    ]

    @Test(arguments: RealMTA.Kind.allCases, places)
    func `A header is inserted`(kind: RealMTA.Kind, place: Place) async throws {
      let message = try await queued(by: kind, mail("X-A: a", "X-Z: z")) {
        try $0.insheader(place.index, "X-New", "v")
      }
      var names = ["Received", "Date", "From", "Message-Id", "X-A", "X-Z"]
      names.insert("X-New", at: kind == .postfix ? place.postfix : place.sendmail)
      #expect(message.headers.map(\.name) == names)
      #expect(message.fields.filter { $0.hasPrefix("X-New") } == ["X-New: v"])
    }

    /// At the top, both MTAs insert at the same place, and also in the same order.
    private static let cases: [HeaderCase] = [
      HeaderCase("one after the other", ["X-0: v", "X-1: v", "X-2: v", "Received"]) { filter in
        for index in 0...2 { try filter.insheader(index, "X-\(index)", "v") }
      },
      HeaderCase("each on top of the last", ["X-2: v", "X-1: v", "X-0: v", "Received"]) { filter in
        for index in 0...2 { try filter.insheader(0, "X-\(index)", "v") }
      },
      HeaderCase("above and below Received", ["X-0: v", "Received", "X-1: v"]) {
        try $0.insheader(1, "X-1", "v")
        try $0.insheader(0, "X-0", "v")
      },
      HeaderCase("folded", ["X-0: one\n two\n\tthree", "Received"]) {
        try $0.insheader(0, "X-0", "one\r\n two\n\tthree")
      },
      HeaderCase("empty", ["X-0: ", "Received"]) { try $0.insheader(0, "X-0", "") },
      HeaderCase("space as it comes", keepsSpace: true, ["X-0:v", "X-1: v", "Received"]) {
        try $0.insheader(0, "X-0", "v")
        try $0.insheader(1, "X-1", " v")
      },
      HeaderCase("one of a name that is there", ["X-A: v", "Received"]) {
        try $0.insheader(0, "X-A", "v")
      },
    ]

    @Test(arguments: RealMTA.Kind.allCases, cases)
    func `The top is the one that the filter wants`(kind: RealMTA.Kind, what: HeaderCase)
      async throws
    {
      let message = try await queued(
        by: kind, mail("X-A: a", "X-Z: z"), keepsSpace: what.keepsSpace, after: what.change)
      let fields = message.headers.map { $0.name == "Received" ? $0.name : $0.description }
      let expected = what.fields(of: kind)
      #expect(Array(fields.prefix(expected.count)) == expected)
      #expect(fields.suffix(2) == ["X-A: a", "X-Z: z"])
      #expect(fields.count == expected.count + 5)
    }
  }
}
