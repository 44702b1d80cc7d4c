import Synchronization

/// Who was seen when, in memory and in a file that is only appended to.
///
/// A line is `FIRST PASSED NETWORK SENDER RECIPIENT .`, times in seconds since 1970; of a triplet
/// the last line counts, and a line that a crash cut short does not. A crash of the filter loses
/// nothing; after one of the system, who came in the last moments waits once more. When few lines
/// count, the file is written anew. No lock is held while the disk is waited for.
final class TripletStore: Sendable {
  /// After how many seconds what happens to a triplet, and how many lines may be of no use.
  struct Times { var delay, window, keep: Int, slack = 10_000 }

  private struct Entry { var first, passed: Int }

  private struct State {
    var entries: [Substring: Entry] = [:]
    var file: LogFile
    var lines = 0
    var synced = 0  // when the disk was last waited for
    var limit = 0  // at how many lines the file is written anew
    var meanwhile: [UInt8]?  // what comes while that is done
    var isStale: Bool { meanwhile == nil && lines > limit }
  }

  private let path: String
  private let times: Times
  private let now: @Sendable () -> Int
  private let state: Mutex<State>
  private let lock: LogFile

  /// Opens the file, or makes it; throws if another process uses it.
  init(_ path: String, _ times: Times, now: @escaping @Sendable () -> Int) throws {
    (self.path, self.times, self.now) = (path, times, now)
    lock = try LogFile(path + ".lock")
    try lock.lock()
    var state = State(file: try LogFile(path))
    for line in String(decoding: try state.file.bytes(), as: UTF8.self).split(separator: "\n") {
      state.lines += 1
      let words = line.split(separator: " ")
      guard words.count == 6, words[5] == ".", let first = Int(words[0]), let passed = Int(words[1])
      else { continue }
      state.entries[words[2...4].joined(separator: " ")[...]] = Entry(first: first, passed: passed)
    }
    state.limit = 2 * state.entries.count + times.slack
    self.state = Mutex(state)
  }

  /// Looks at a triplet, and remembers it; returns how many seconds it has to wait.
  func check(_ triplet: [String]) throws -> Int {
    let key = Substring(triplet.map(Self.escaped).joined(separator: " "))
    let now = now()
    let (wait, unsynced, isStale) = try state.withLock { state -> (Int, LogFile?, Bool) in
      let known = state.entries[key].flatMap { isAlive($0, now) ? $0 : nil }
      let left = known.map { $0.passed > 0 ? 0 : $0.first - now + times.delay } ?? times.delay
      let wait = min(max(0, left), times.delay)
      // Once a day is often enough to know who still comes.
      if let known, wait > 0 || now - known.passed < 86_400 { return (wait, nil, false) }
      let entry = Entry(first: known?.first ?? now, passed: known == nil ? 0 : now)
      try state.file.append(Self.line(key, entry))
      state.meanwhile? += Self.line(key, entry)
      state.entries[key] = entry
      state.lines += 1
      defer { state.synced = now }
      return (wait, state.synced == now ? nil : state.file, state.isStale)
    }
    try unsynced?.sync()  // once a second
    if isStale { try renew(now) }
    return wait
  }

  private func isAlive(_ entry: Entry, _ now: Int) -> Bool {
    entry.passed == 0 ? entry.first >= now - times.window : entry.passed >= now - times.keep
  }

  /// Writes the file anew with the lines that count; if that fails, the old one stays in use.
  private func renew(_ now: Int) throws {
    let entries = state.withLock { state -> [Substring: Entry]? in
      guard state.isStale else { return nil }
      state.meanwhile = []
      return state.entries
    }
    guard let entries = entries?.filter({ isAlive($0.value, now) }) else { return }
    defer { state.withLock { $0.meanwhile = nil } }
    let file = try LogFile(path + ".new", isNew: true)
    try file.append(entries.flatMap { Self.line($0.key, $0.value) })
    try file.sync()
    try state.withLock { state in
      try file.append(state.meanwhile ?? [])
      try file.take(name: path)
      state.entries = state.entries.filter { isAlive($0.value, now) }
      (state.file, state.lines) = (file, state.entries.count)
      state.limit = 2 * state.lines + times.slack
    }
  }

  // It begins with its LF, so that it does not join one that was cut short.
  private static func line(_ key: Substring, _ entry: Entry) -> [UInt8] {
    Array("\n\(entry.first) \(entry.passed) \(key) .".utf8)
  }

  // Without what separates words and lines.
  private static func escaped(_ word: String) -> String {
    word.unicodeScalars.map { $0.value <= 32 || $0 == "%" ? "%\($0.value);" : "\($0)" }.joined()
  }
}
