import MilterKit
import MilterMessageFixtures
import Testing

/// Checks that a plan has the fewest possible actions.
@Suite struct ShortestPlanTests {
  /// A header as names and values.
  private typealias Header = [[String]]

  private static func header(_ message: MilterMessage) -> Header {
    message.headers.map { [$0.name, $0.value] }
  }

  private static func message(_ header: Header, _ mta: MTAIdentity.Kind) throws -> MilterMessage {
    let lines = header.map { "\($0[0]):\($0[1].isEmpty ? "" : " ")\($0[1])\r\n" }
    return try MilterMessage(eml: Array((lines.joined() + "\r\n").utf8), mta: mta)
  }

  /// Returns the fewest actions that change one header into another, by trying all sequences.
  private static func fewestActions(_ start: Header, _ end: Header, _ mta: MTAIdentity.Kind) -> Int
  {
    let largest = max(start.count, end.count)
    var count = 0
    var seen: Set = [start]
    var reached: Set = [start]
    while !reached.contains(end) {
      var next: Set<Header> = []
      for header in reached {
        for place in 0...header.count where header.count < largest {
          for field in end { next.insert(Array(header[..<place] + [field] + header[place...])) }
        }
        for place in header.indices {
          next.insert(Array(header[..<place] + header[(place + 1)...]))
          for field in end
          where !field[1].isEmpty
            && (mta == .postfix
              ? field[0].lowercased() == header[place][0].lowercased()
              : field[0] == header[place][0])
          {
            next.insert(Array(header[..<place] + [field] + header[(place + 1)...]))
          }
        }
      }
      reached = next.subtracting(seen)
      seen.formUnion(next)
      count += 1
    }
    return count
  }

  @Test(arguments: [MTAIdentity.Kind.postfix, .sendmail])
  func `No shorter sequence of actions exists, whatever was edited`(mta: MTAIdentity.Kind) throws {
    let fields = [["A", "1"], ["A", "2"], ["a", "1"], ["B", "1"], ["B", ""]]
    for seed in 0..<200 {
      var random = Random(seed: seed)
      let start = (0..<random.below(5)).map { _ in random.pick(fields) }
      var message = try Self.message(start, mta)
      for _ in 0...random.below(4) {
        guard let field = message.headers.randomElement(using: &random) else { break }
        let new = random.pick(fields)
        switch random.below(5) {
        case 0: message.headers.remove(field)
        case 1:
          try message.headers.insert(
            field, before: random.pick(Array(message.headers)))
        case 2 where message.headers.count < 5:
          try message.headers.insert(.init(new[0], "3"), after: field)
        case 3: try message.headers.prepend(field)
        default: try message.headers.replace(field, with: .init(field.name, "\(random.below(3))"))
        }
      }
      let end = Self.header(message)
      let plan = try message.plan
      #expect(
        plan.actions.count == Self.fewestActions(start, end, mta),
        "seed \(seed): \(start) -> \(end):\n\(plan)")
    }
  }

  @Test func `Equal names in reverse order are changes`() throws {
    var message = try MilterMessage(headers: ["X": "1", "X": "2", "X": "3"])
    for field in message.headers { try message.headers.prepend(field) }
    #expect(message.headers.map(\.value) == ["3", "2", "1"])
    #expect(
      try message.plan.actions.map(\.description) == ["chgheader X 1: 3", "chgheader X 3: 1"])
  }

  @Test func `The plan is also the shortest if all fields are replaced`() throws {
    let start = ["A", "B", "C", "D"].map { [$0, "1"] }
    let end = ["D", "A", "B", "C"].map { [$0, $0 == "D" ? "1" : "2"] }
    var message = try Self.message(start, .postfix)
    for field in message.headers { message.headers.remove(field) }
    for field in end { try message.headers.append(.init(field[0], field[1])) }
    #expect(Self.header(message) == end)
    #expect(try message.plan.actions.count == Self.fewestActions(start, end, .postfix))
  }

  @Test func `Values that move up are one deletion`() throws {
    var message = try MilterMessage(headers: ["X": "1", "X": "2", "X": "3"])
    try message.headers.replace(message.headers[0], with: "2")
    try message.headers.replace(message.headers[1], with: "3")
    message.headers.remove(message.headers[2])
    #expect(try message.plan.description == "chgheader X 1, deleted")
  }

  @Test func `A header too large for the search still has a correct plan`() throws {
    let count = 3_000
    let header = (0..<count).map { ["X-\($0 % 7)", "\($0)"] }
    var message = try Self.message(header, .postfix)
    for field in message.headers { try message.headers.prepend(field) }
    let plan = try message.plan
    #expect(plan.actions.count < 2 * count)
    // The search covers three edits that are far apart: the plan has one action for each.
    var other = try Self.message(header, .postfix)
    other.headers.remove(other.headers[5])
    try other.headers.insert(.init("X-1", "new"), before: other.headers[1_500])
    try other.headers.replace(other.headers[count - 3], with: "other")
    #expect(try other.plan.actions.count == 3)
  }
}
