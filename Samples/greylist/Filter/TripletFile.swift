public import MilterKit
import Synchronization

/// The times at which triplets were seen, in memory and in a file that is only appended to.
///
/// A line is `FIRST PASSED NETWORK SENDER RECIPIENT .`, times in seconds since 1970; of a triplet
/// the last line counts, and a line that a crash cut short does not. A crash of the filter loses
/// nothing; after one of the system, who came in the last moments waits once more. When few lines
/// count, the file is written anew. When the file cannot be written, memory is enough until the
/// filter ends. No lock is held while the disk is waited for.
public final class TripletFile: TripletStore {
  private static let file = MilterSetting(
    "store", argument: "FILE", default: "triplets", help: "where they are kept")

  /// The option `--store`.
  public static var options: [any MilterProgramOption] { [file.untilRestart] }
  /// The file that all connections of a program share.
  public static let shared = Result { try TripletFile(file.value, .current, now: LogFile.now) }

  private struct Entry {
    var first, passed: Int
    /// The value of `passed` in the file.
    var written: Int
  }

  private struct State {
    var entries: [[UInt8]: Entry] = [:]
    var file: LogFile
    var lines = 0
    var synced = 0  // when the disk was last waited for
    var limit = 0  // at how many lines the file is written anew
    var meanwhile: [UInt8]?  // what comes while that is done
    var isStale: Bool { meanwhile == nil && lines > limit }
  }

  private let path: String
  private let currentTimes: Mutex<TripletTimes>
  /// How many lines may be of no use.
  private let slack: Int
  private let now: @Sendable () -> Int
  private let state: Mutex<State>
  private let lock: LogFile

  /// The times that count now.
  public var times: TripletTimes {
    get { currentTimes.withLock { $0 } }
    set { currentTimes.withLock { $0 = newValue } }
  }

  /// Opens the file, or makes it.
  ///
  /// - Parameters:
  ///   - path: the file's path.
  ///   - times: after how many seconds what happens.
  ///   - slack: how many lines of the file may be of no use.
  ///   - now: the seconds since 1970.
  /// - Throws: an error if the file cannot be opened, or another process uses it.
  public init(
    _ path: String, _ times: TripletTimes, slack: Int = 10_000,
    now: @escaping @Sendable () -> Int
  ) throws {
    (self.path, self.slack, self.now) = (path, slack, now)
    currentTimes = Mutex(times)
    lock = try LogFile(path + ".lock")
    try lock.lock()
    var state = State(file: try LogFile(path))
    for line in try state.file.bytes().split(separator: 0x0A) {
      state.lines += 1
      let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
      guard words.count == 6, words[5].elementsEqual(".".utf8),
        let first = Int(String(decoding: words[0], as: UTF8.self)),
        let passed = Int(String(decoding: words[1], as: UTF8.self))
      else { continue }
      let key = Array(words[2...4].joined(separator: [0x20]))
      state.entries[key] = Entry(first: first, passed: passed, written: passed)
    }
    state.limit = 2 * state.entries.count + slack
    self.state = Mutex(state)
  }

  /// Looks a triplet up, and remembers it; see ``TripletStore/check(_:)``.
  public func check(_ triplet: [String]) -> (wait: Int, failure: (any Error)?) {
    let key = Self.key(triplet)
    let now = now()
    let (wait, unsynced, isStale, failure) = state.withLock {
      state -> (Int, LogFile?, Bool, (any Error)?) in
      let known = state.entries[key].flatMap { isAlive($0, now) ? $0 : nil }
      let left = known.map { $0.passed > 0 ? 0 : $0.first - now + times.delay } ?? times.delay
      let wait = min(max(0, left), times.delay)
      if known != nil, wait > 0 { return (wait, nil, false, nil) }
      var entry = known ?? Entry(first: now, passed: 0, written: 0)
      if known != nil { entry.passed = now }
      let isFresh = known != nil && entry.written > 0 && now - entry.written < refresh
      if isFresh {
        state.entries[key] = entry
        return (wait, nil, false, nil)
      }
      do {
        try state.file.append(Self.line(key, entry))
        entry.written = entry.passed
        state.entries[key] = entry
        state.meanwhile? += Self.line(key, entry)
        state.lines += 1
        defer { state.synced = now }
        return (wait, state.synced == now ? nil : state.file, state.isStale, nil)
      } catch {
        state.entries[key] = entry
        return (wait, nil, false, error)
      }
    }
    do {
      try unsynced?.sync()  // once a second
      if isStale { try renew(now) }
    } catch {
      return (wait, error)
    }
    return (wait, failure)
  }

  /// The time of the latest mail that may be missing in the file, in seconds.
  private var refresh: Int { min(86_400, times.keep / 10) }

  private func isAlive(_ entry: Entry, _ now: Int) -> Bool {
    entry.passed == 0 ? entry.first >= now - times.window : entry.passed >= now - times.keep
  }

  /// Writes the file anew with the lines that count; if that fails, the old one stays in use.
  private func renew(_ now: Int) throws {
    let entries = state.withLock { state -> [[UInt8]: Entry]? in
      guard state.isStale else { return nil }
      // If it fails, it is not tried again with every mail.
      state.limit = state.lines + slack
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
      for key in entries.keys { state.entries[key]?.written = entries[key]?.passed ?? 0 }
      (state.file, state.lines) = (file, state.entries.count)
      state.limit = 2 * state.lines + slack
    }
  }

  // It begins with its LF, so that it does not join one that was cut short.
  private static func line(_ key: [UInt8], _ entry: Entry) -> [UInt8] {
    Array("\n\(entry.first) \(entry.passed) ".utf8) + key + Array(" .".utf8)
  }
}
