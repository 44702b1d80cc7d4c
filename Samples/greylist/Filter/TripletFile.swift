public import MilterKit
import Synchronization

/// A store of triplets in memory and in a file to which the filter only appends.
///
/// A line of the file is `FIRST PASSED NETWORK SENDER RECIPIENT .`, with times in seconds since 1970. If a
/// triplet has several lines, the last one counts. A line that a crash cut short lacks the final dot and
/// does not count.
///
/// A crash of the filter loses nothing. After a crash of the system, the last triplets wait once more. When
/// most lines no longer count, the store writes a new file. If the file cannot be written, the store continues
/// in memory until the filter ends. It never waits for the disk while it holds a lock.
public final class TripletFile: TripletStore {
  private static let file = MilterSetting(
    "store", argument: "FILE", default: "triplets", help: "the file with the triplets")

  /// The option `--store`.
  public static var options: [any MilterProgramOption] { [file.untilRestart] }
  /// The file that all connections of a program share.
  public static let shared = Result { try TripletFile(file.value, .current, now: LogFile.now) }

  private struct Entry {
    /// When the triplet first came.
    var first: Int
    /// When it last passed, 0 before it has passed.
    var passed: Int
    /// The value of `passed` in the file.
    var written: Int
  }

  private struct State {
    var entries: [[UInt8]: Entry] = [:]
    var file: LogFile
    /// The number of lines in the file.
    var lines = 0
    /// The number of lines above which a new file is written.
    var limit = 0
    /// When the file was last synced.
    var synced = 0
    /// The lines that are added while a new file is written; otherwise `nil`.
    var meanwhile: [UInt8]?

    /// Whether it is time to write a new file.
    var isStale: Bool { meanwhile == nil && lines > limit }
  }

  /// The result of a lookup, and the work on the disk that remains to be done without the lock.
  private struct Outcome {
    var answer: TripletAnswer
    /// The file to sync; `nil` if nothing was written, or the file was synced in this second.
    var unsynced: LogFile?
    var isStale = false
  }

  private let path: String
  private let currentTimes: Mutex<TripletTimes>
  /// The number of lines without effect that the file may have.
  private let slack: Int
  private let now: @Sendable () -> Int
  private let state: Mutex<State>
  private let lock: LogFile

  /// The current times.
  public var times: TripletTimes {
    get { currentTimes.withLock { $0 } }
    set { currentTimes.withLock { $0 = newValue } }
  }

  /// Opens the file, or creates it.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - times: The times of greylisting.
  ///   - slack: The number of lines without effect that the file may have.
  ///   - now: Returns the seconds since 1970.
  /// - Throws: An error if the file cannot be opened, or another process uses it.
  public init(
    _ path: String, _ times: TripletTimes, slack: Int = 10_000,
    now: @escaping @Sendable () -> Int
  ) throws {
    self.path = path
    self.slack = slack
    self.now = now
    currentTimes = Mutex(times)
    lock = try LogFile(path + ".lock")
    try lock.lock()
    var state = State(file: try LogFile(path))
    for line in try state.file.bytes().split(separator: 0x0A) {
      state.lines += 1
      guard let (key, entry) = Self.read(line) else { continue }
      state.entries[key] = entry
    }
    state.limit = 2 * state.entries.count + slack
    self.state = Mutex(state)
  }

  /// Looks a triplet up, and remembers it; see ``TripletStore/check(_:)``.
  public func check(_ triplet: [String]) -> TripletAnswer {
    let key = Self.key(triplet)
    let now = now()
    var outcome = state.withLock { check(key, now, in: &$0) }
    do {
      try outcome.unsynced?.sync()
      if outcome.isStale { try renew(now) }
    } catch {
      outcome.answer.failure = error
    }
    return outcome.answer
  }

  /// Decides about a triplet while the lock is held.
  private func check(_ key: [UInt8], _ now: Int, in state: inout State) -> Outcome {
    guard var entry = state.entries[key], isAlive(entry, now) else {
      let entry = Entry(first: now, passed: 0, written: 0)
      return remember(key, entry, TripletAnswer(wait: max(0, times.delay)), now, in: &state)
    }
    let wait = wait(of: entry, now)
    guard wait == 0 else { return Outcome(answer: TripletAnswer(wait: wait)) }
    entry.passed = now
    let isWritten = entry.written > 0 && now - entry.written < refresh
    guard isWritten else {
      return remember(key, entry, TripletAnswer(wait: 0), now, in: &state)
    }
    state.entries[key] = entry
    return Outcome(answer: TripletAnswer(wait: 0))
  }

  /// The number of seconds that a known triplet has to wait.
  private func wait(of entry: Entry, _ now: Int) -> Int {
    guard entry.passed == 0 else { return 0 }
    let delay = times.delay
    return min(max(0, entry.first - now + delay), delay)
  }

  /// Keeps an entry, in the file as well.
  private func remember(
    _ key: [UInt8], _ entry: Entry, _ answer: TripletAnswer, _ now: Int, in state: inout State
  ) -> Outcome {
    state.entries[key] = entry
    var outcome = Outcome(answer: answer)
    do {
      let line = Self.line(key, entry)
      try state.file.append(line)
      state.entries[key]?.written = entry.passed
      state.meanwhile? += line
      state.lines += 1
      outcome.isStale = state.isStale
      // Once a second is enough.
      if state.synced != now { outcome.unsynced = state.file }
      state.synced = now
    } catch {
      outcome.answer.failure = error
    }
    return outcome
  }

  /// The maximum difference between the times in the file and in memory, in seconds.
  private var refresh: Int { min(86_400, times.keep / 10) }

  /// Whether an entry still counts.
  private func isAlive(_ entry: Entry, _ now: Int) -> Bool {
    entry.passed == 0 ? entry.first >= now - times.window : entry.passed >= now - times.keep
  }

  /// Writes a new file with the lines that count.
  ///
  /// If that fails, the old file stays in use.
  private func renew(_ now: Int) throws {
    let entries = state.withLock { state -> [[UInt8]: Entry]? in
      guard state.isStale else { return nil }
      // After a failure, the next attempt follows `slack` lines later, and not with the next mail.
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
      try file.replace(path)
      state.entries = state.entries.filter { isAlive($0.value, now) }
      for key in entries.keys { state.entries[key]?.written = entries[key]?.passed ?? 0 }
      state.file = file
      state.lines = state.entries.count
      state.limit = 2 * state.lines + slack
    }
  }

  /// Returns a line for the file.
  ///
  /// It begins with its LF, so that it does not continue an incomplete line.
  private static func line(_ key: [UInt8], _ entry: Entry) -> [UInt8] {
    Array("\n\(entry.first) \(entry.passed) ".utf8) + key + Array(" .".utf8)
  }

  /// Reads a line without its LF; `nil` if it is incomplete.
  private static func read(_ line: ArraySlice<UInt8>) -> (key: [UInt8], entry: Entry)? {
    let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard words.count == 6, words[5].elementsEqual(".".utf8),
      let first = Int(String(decoding: words[0], as: UTF8.self)),
      let passed = Int(String(decoding: words[1], as: UTF8.self))
    else { return nil }
    let key = Array(words[2...4].joined(separator: [0x20]))
    return (key, Entry(first: first, passed: passed, written: passed))
  }
}
