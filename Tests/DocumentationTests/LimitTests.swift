import Foundation
import MilterCore
import MilterKit
import MilterProcessFixtures
import Testing

@testable import MilterRuntime

/// The numbers in the article on security.
struct LimitTests {
  private static let defaults = MilterConfiguration()

  private static func grouped(_ number: Int) -> String {
    let digits = String(number)
    return String(
      digits.enumerated().flatMap { index, digit -> [Character] in
        index > 0 && (digits.count - index) % 3 == 0 ? [",", digit] : [digit]
      })
  }

  private static func kib(_ bytes: Int) -> String { "\(bytes >> 10) KiB" }
  private static func mib(_ bytes: Int) -> String { "\(bytes >> 20) MiB" }
  private static func seconds(_ time: Duration) -> String {
    "\(grouped(Int(time.components.seconds))) seconds"
  }

  /// The numbers that each row's value must contain.
  private static let values: [(limit: String, numbers: [String])] = [
    (
      "Payload of a frame",
      ["\(grouped(WireLimits.payload64K)) bytes", grouped(WireLimits.payload256K)]
        + ["\(grouped(WireLimits.payload1M)) bytes"]
    ),
    ("Receive buffer", [kib(ReceiveBuffer.lentSize)]),
    (
      "Macros",
      ["\(grouped(WireLimits.macrosOfAStage)) bytes for a stage", kib(WireLimits.macrosInAll)]
    ),
    ("Text of a reply", ["\(WireLimits.replyLine) bytes a line, \(WireLimits.replyLines) lines"]),
    ("Silence", [seconds(defaults.timeout)]),
    ("Time to negotiate", [seconds(defaults.negotiationTimeout)]),
    ("Changes made in `eom`", [mib(defaults.maxHeldChanges)]),
    ("Unsent replies", [kib(Conversation.mostUnsent)]),
    ("Replies of one burst", [kib(Conversation.flushSize)]),
    ("Time of a callback", [defaults.callbackTimeout.map(seconds) ?? "none"]),
    ("Connections", [defaults.maxConnections.map(grouped) ?? "none"]),
    ("Backlog", [grouped(defaults.backlog)]),
    ("Threads", [grouped(defaults.maxThreads)]),
    ("Stack of a thread", [mib(defaults.stackSize)]),
    ("Time to stop", [seconds(defaults.drain)]),
    ("Log lines about peers", ["one a minute"]),
    (
      "Connections of `--control` and `--metrics-listen`",
      [
        "\(PageListener.mostConnections) for each", seconds(PageListener.patience),
        kib(HTTPRequest.longest),
      ]
    ),
    ("List of `milter status`", ["\(EngineStatus.mostListed) connections"]),
  ]

  /// Returns the rows of a table in an article: limit and value.
  private static func rows() throws -> [(limit: String, value: String)] {
    let text = try PackageFiles.text(of: "Sources/MilterKit/MilterKit.docc/Security.md")
    let section = try #require(text.components(separatedBy: "## The limits").last)
    return section.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst().map { row in
      let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      return (cells[0], cells[1])
    }
  }

  @Test func `The article has exactly the limits of the code`() throws {
    let rows = try Self.rows()
    #expect(rows.map(\.limit) == Self.values.map(\.limit))
    for (row, expected) in zip(rows, Self.values) {
      for number in expected.numbers {
        #expect(row.value.contains(number), "\(row.limit): \(row.value)")
      }
    }
  }

  @Test func `An idle connection keeps at most the amount in the article`() {
    var buffer = ReceiveBuffer()
    let cut = [0, 0, 0xFF, 0xFF, 0x42] + [UInt8](repeating: 0, count: 60_000)
    Self.fill(&buffer, cut)
    _ = buffer.rest(keeping: nil)
    let kept = buffer.bytes.count
    #expect(kept == cut.count)
    #expect(WireLimits.macrosInAll + 3 * (WireLimits.payload64K + 1) <= 320 << 10)
  }

  @Test func `A buffer is at most about twice as large as the largest frame`() {
    var buffer = ReceiveBuffer()
    let frame: [UInt8] = [0, 1, 0, 0, 0x42] + [UInt8](repeating: 0, count: WireLimits.payload64K)
    Self.fill(&buffer, frame)
    let size = buffer.bytes.count
    #expect(size <= 2 * frame.count + 2048)
  }

  /// Receives bytes in pieces.
  private static func fill(_ buffer: inout ReceiveBuffer, _ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let room = buffer.room()
      let piece = rest.prefix(min(room.count, 1000))
      room.copyBytes(from: piece)
      buffer.received(piece.count)
      rest = rest.dropFirst(piece.count)
    }
  }
}
