import MilterKit
import Testing

extension RealMTASuite {
  /// A message's content as filters see it, which passes unchanged.
  @Suite struct ContentTests {
    private static let fields: [QueuedHeader] = [
      QueuedHeader("Subject", " one\n two\n\t three  "), QueuedHeader("x-lower", " v"),
      QueuedHeader("X-None", "v"), QueuedHeader("X-Two", "  v"), QueuedHeader("X-Empty", ""),
      QueuedHeader("X-Space", " "), QueuedHeader("X-Tab", "\tv"), QueuedHeader("X-Long", long),
      QueuedHeader("X-Bytes", rawValue: [0x20, 0x80, 0x81, 0x9f, 0xe9, 0xff, 0xff, 0x7f]),
    ]
    private static let long = String(
      repeating: " " + String(repeating: "x", count: 70), count: 40)

    private static let body: [UInt8] =
      Array(".\r\n..two\r\n.one\r\n\r\n".utf8) + (0...255).filter { $0 != 0x0a && $0 != 0x0d }
      + Array("\r\n\r\n.".utf8) + [UInt8](repeating: 0x2e, count: 900) + [0x0d, 0x0a]

    /// The message as a client sends it.
    private static let message: [UInt8] =
      fields.flatMap { Array("\($0.name):".utf8) + $0.rawValue + [0x0a] }.withCRLF
      + [0x0d, 0x0a] + body

    @Test(
      arguments: RealMTA.Kind.allCases,
      [false, true])
    func `A filter sees each byte, and changes none`(kind: RealMTA.Kind, keepsSpace: Bool)
      async throws
    {
      let seen = Recorder()
      let queued = try await withFilter(
        kind, making: { seen.filter(keepsSpace: keepsSpace) }
      ) { mta, _ in try mta.queued(Self.message, parameters: "BODY=8BITMIME") }

      // The MTA removes one leading space from each value, unless the filter asks to keep it.
      let values = Self.fields.map { field in
        !keepsSpace && field.rawValue.first == 0x20
          ? QueuedHeader(field.name, rawValue: Array(field.rawValue.dropFirst())) : field
      }
      #expect(seen.headers == values)
      #expect(seen.body == Self.body)
      #expect(queued.wireBody == Self.body)
      #expect(queued.ownHeaders == Self.fields)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `The last line reaches a filter with a line end`(kind: RealMTA.Kind) async throws {
      let seen = Recorder()
      let queued = try await withFilter(kind, making: { seen.filter() }) { mta, _ in
        try mta.queued(mail(body: "one\ntwo"))
      }
      #expect(seen.body == Array("one\r\ntwo\r\n".utf8))
      #expect(queued.wireBody == seen.body)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `An empty body is sent without any chunk`(kind: RealMTA.Kind) async throws {
      let seen = Recorder()
      let queued = try await withFilter(kind, making: { seen.filter() }) { mta, _ in
        try mta.queued(mail("X-A: a", body: ""))
      }
      #expect(seen.headers.map(\.name) == ["Date", "From", "Message-Id", "X-A"])
      #expect(seen.chunks == 0)
      #expect(queued.body.isEmpty)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A 25 MB message is seen and passes byte for byte`(kind: RealMTA.Kind) async throws {
      let seen = Recorder()
      let queued = try await withFilter(kind, making: { seen.filter() }) { mta, _ in
        try mta.queued(mail("X-A: a") + Self.large)
      }
      // Compared outside #expect, which would print all bytes on failure.
      let large = Array("Hello\r\n".utf8) + Self.large
      let isSeenWhole = seen.body == large
      #expect(isSeenWhole, "\(seen.body.count) bytes in \(seen.chunks) chunks")
      #expect(seen.chunks >= large.count / 65_535)
      let isQueuedWhole = queued.wireBody == large
      #expect(isQueuedWhole, "\(queued.wireBody.count) bytes")
      #expect(queued.fields == ["X-A: a"])
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A filter without a body callback handles a 25 MB message`(kind: RealMTA.Kind) async throws
    {
      let queued = try await withFilter(kind, making: { HeaderOnly() }) { mta, _ in
        try mta.queued(mail("X-A: a") + Self.large)
      }
      let isQueuedWhole = queued.wireBody == Array("Hello\r\n".utf8) + Self.large
      #expect(isQueuedWhole, "\(queued.wireBody.count) bytes")
      #expect(queued.fields == ["X-A: a", "X-Seen: 4"])
    }

    /// Numbered lines, so that no two parts are the same.
    private static let large: [UInt8] = {
      let filler = [UInt8](0x20...0x7e)
      var lines: [UInt8] = []
      lines.reserveCapacity(25_100_000)
      while lines.count < 25_000_000 {
        lines += Array("\(lines.count)".utf8)
        lines += filler
        lines += [0x0d, 0x0a]
      }
      return lines
    }()

    /// Has only two callbacks, so that the MTA leaves out the other steps.
    private final class HeaderOnly: Milter {
      private var headers = 0

      override func header(_ name: String, _ value: String) throws -> Status {
        headers += 1
        return .continue
      }

      override func eom() throws -> Status {
        try addheader("X-Seen", "\(headers)")
        return .continue
      }
    }
  }
}
