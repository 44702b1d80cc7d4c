import MilterCore

/// A worker's statistics as named numbers, which can be added.
///
/// As text, they are words of the form `NAME=NUMBER`: the numbers of ``MilterStatistics`` by their names,
/// `answers.eom.accept=4`, `errors.timeout=1`, `times.eom.0=3` for a bucket and `times.eom.sum=90000` in
/// nanoseconds, and `member.clamav%5B0%5D.failures=2` for the member `clamav[0]` of a chain. Numbers that are 0
/// are left out.
struct WorkerCounts: Equatable, Sendable {
  private var numbers: [String: Int] = [:]
  /// The numbers of a chain's members, by the members' names as words and the numbers' names.
  private var members: [String: [String: Int]] = [:]

  /// Creates an empty value.
  init() {}

  /// The maximum of a number, because a broken worker may send any number.
  private static let limit = 1 << 58
  /// The maximum number of members, for the same reason.
  static let mostMembers = 256
  private static let longestMember = 512

  /// Reads words, and ignores those that are not a known name with a number.
  init(text: some StringProtocol) {
    for word in text.split(separator: " ") {
      let parts = word.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let number = Int(parts[1]), (0..<Self.limit).contains(number) else {
        continue
      }
      if Self.names.contains(String(parts[0])) {
        numbers[String(parts[0])] = number
      } else if let (member, field) = Self.member(parts[0]), hasRoom(for: member) {
        members[member, default: [:]][field] = number
      }
    }
  }

  private static func member(_ name: some StringProtocol) -> (String, String)? {
    let parts = name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "member", parts[1].utf8.count <= longestMember,
      PercentText.text(parts[1]) != nil, memberNames.contains(String(parts[2]))
    else { return nil }
    return (String(parts[1]), String(parts[2]))
  }

  private func hasRoom(for member: String) -> Bool {
    members[member] != nil || members.count < Self.mostMembers
  }

  /// The numbers as words.
  var text: String {
    let all =
      numbers.map { ($0, $1) }
      + members.flatMap { member, numbers in numbers.map { ("member.\(member).\($0)", $1) } }
    return all.sorted { $0.0 < $1.0 }.map { "\($0)=\($1)" }.joined(separator: " ")
  }

  /// Adds the numbers of another worker.
  static func += (sum: inout Self, more: Self) {
    sum.numbers.merge(more.numbers) { $0 &+ $1 }
    for (member, numbers) in more.members where sum.hasRoom(for: member) {
      sum.members[member, default: [:]].merge(numbers) { $0 &+ $1 }
    }
  }

  /// The numbers that remain after the worker has ended: those that do not describe its current state.
  var lasting: WorkerCounts {
    var result = self
    for name in ["openConnections", "threads"] { result.numbers[name] = nil }
    return result
  }

  // MARK: Statistics

  private typealias Path = WritableKeyPath<MilterStatistics, Int>

  private static var plain: [(String, Path)] {
    CounterLayout.Single.allCases.map { ("\($0)", $0.path) } + [
      ("connections", \.connections), ("refusedConnections", \.refusedConnections),
      ("openConnections", \.openConnections), ("threads", \.threads), ("reloads", \.reloads),
    ]
  }

  /// The names of all numbers that do not belong to a member.
  private static let names: Set<String> = {
    var names = Set(plain.map(\.0))
    for callback in MilterCallback.allCases {
      for status in MilterStatus.allCases { names.insert("answers.\(callback).\(status)") }
      for bucket in MilterHistogram().counts.indices { names.insert("times.\(callback).\(bucket)") }
      names.insert("times.\(callback).sum")
    }
    for kind in MilterStatistics.ErrorKind.allCases { names.insert("errors.\(kind.name)") }
    return names
  }()

  private typealias MemberPath = WritableKeyPath<MilterMemberStatistics, Int>

  private static var plainOfMember: [(String, MemberPath)] {
    [
      ("messages", \.messages), ("failures", \.failures), ("timesNotAsked", \.timesNotAsked),
    ]
  }

  private static let memberNames: Set<String> = Set(
    plainOfMember.map(\.0) + ["time"] + MilterStatus.allCases.map { "decisions.\($0)" })

  /// Creates the numbers from statistics.
  init(_ statistics: MilterStatistics) {
    for (name, path) in Self.plain { put(name, statistics[keyPath: path]) }
    for (callback, answers) in statistics.answers {
      for (status, count) in answers { put("answers.\(callback).\(status)", count) }
    }
    for (kind, count) in statistics.errors { put("errors.\(kind.name)", count) }
    for (callback, times) in statistics.callbackTimes {
      for (bucket, count) in times.counts.enumerated() { put("times.\(callback).\(bucket)", count) }
      put("times.\(callback).sum", Int(clamping: times.sum.nanoseconds))
    }
    for (name, member) in statistics.members {
      // A member without events is also present.
      var numbers = ["messages": member.messages]
      for (field, path) in Self.plainOfMember where member[keyPath: path] != 0 {
        numbers[field] = member[keyPath: path]
      }
      for (status, count) in member.decisions { numbers["decisions.\(status)"] = count }
      if member.time != .zero { numbers["time"] = Int(clamping: member.time.nanoseconds) }
      members[PercentText.word(name)] = numbers
    }
  }

  private mutating func put(_ name: String, _ number: Int) {
    if number != 0 { numbers[name] = number }
  }

  /// The statistics with these numbers.
  var statistics: MilterStatistics {
    var result = MilterStatistics()
    for (name, path) in Self.plain { result[keyPath: path] = numbers[name] ?? 0 }
    for callback in MilterCallback.allCases {
      for status in MilterStatus.allCases {
        if let count = numbers["answers.\(callback).\(status)"] {
          result.answers[callback, default: [:]][status] = count
        }
      }
      var times = MilterHistogram()
      for bucket in times.counts.indices {
        times.counts[bucket] = numbers["times.\(callback).\(bucket)"] ?? 0
      }
      times.sum = .nanoseconds(numbers["times.\(callback).sum"] ?? 0)
      if times.counts.contains(where: { $0 != 0 }) { result.callbackTimes[callback] = times }
    }
    for kind in MilterStatistics.ErrorKind.allCases {
      if let count = numbers["errors.\(kind.name)"] { result.errors[kind] = count }
    }
    for (word, numbers) in members {
      var member = MilterMemberStatistics()
      for (field, path) in Self.plainOfMember { member[keyPath: path] = numbers[field] ?? 0 }
      for status in MilterStatus.allCases {
        if let count = numbers["decisions.\(status)"] { member.decisions[status] = count }
      }
      member.time = .nanoseconds(numbers["time"] ?? 0)
      if let name = PercentText.text(word) { result.members[name] = member }
    }
    return result
  }
}
