import MilterProcessFixtures
import Synchronization
import Testing

@testable import milter_sample_blocklist

/// The questions of the cache, which a test answers.
private final class Questions: Sendable {
  private let open = Mutex<[(name: String, land: @Sendable (Flight.Landing) -> Void)]>([])
  private let time = Mutex(ContinuousClock.now)

  var names: [String] { open.withLock { $0.map(\.name) } }

  func answer(_ landing: Flight.Landing) {
    open.withLock { $0.removeFirst() }.land(landing)
  }

  func advance(_ duration: Duration) { time.withLock { $0 += duration } }

  func cache(limit: Int = 100) -> LookupCache {
    LookupCache(limit: limit, now: { self.time.withLock { $0 } }) { name, land in
      self.open.withLock { $0.append((name, land)) }
    }
  }

  /// Starts a lookup, and returns it after the cache has asked its question.
  func begin(_ cache: LookupCache, _ name: String) -> Task<LookupAnswer, any Error> {
    Task.immediate { try await cache.addresses(of: name) }
  }
}

@Suite struct LookupCacheTests {
  private let questions = Questions()
  private let listed = LookupAnswer(addresses: [.init(127, 0, 0, 2)], lifetime: .seconds(60))

  @Test func `Several tasks with the same question ask once, and all get the answer`() async throws
  {
    let cache = questions.cache()
    let tasks = (0..<5).map { _ in questions.begin(cache, "a.example") }
    #expect(questions.names == ["a.example"])
    questions.answer(.success(listed))
    for task in tasks { #expect(try await task.value == listed) }
  }

  @Test func `An answer is kept while it is valid`() async throws {
    let cache = questions.cache()
    let first = questions.begin(cache, "a.example")
    questions.answer(.success(listed))
    _ = try await first.value
    questions.advance(.seconds(59))
    #expect(try await cache.addresses(of: "a.example") == listed)
    questions.advance(.seconds(1))
    let second = questions.begin(cache, "a.example")
    #expect(questions.names == ["a.example"])
    questions.answer(.success(LookupAnswer()))
    #expect(try await second.value == LookupAnswer())
  }

  @Test func `An answer is kept for at most an hour, and a failure for half a minute`() async throws
  {
    let cache = questions.cache()
    let failure = LookupFailure(description: "no answer")
    for (landing, lifetime) in [
      (Flight.Landing.success(.init(addresses: [], lifetime: .seconds(1_000_000))), 3600),
      (.failure(failure), 30),
    ] {
      let first = questions.begin(cache, "a.example")
      questions.answer(landing)
      _ = await first.result
      questions.advance(.seconds(lifetime - 1))
      let kept = questions.begin(cache, "a.example")
      #expect(questions.names == [], "\(lifetime) s")
      _ = await kept.result
      questions.advance(.seconds(1))
    }
    let last = questions.begin(cache, "a.example")
    #expect(questions.names == ["a.example"])
    questions.answer(.failure(failure))
    await #expect(throws: failure) { try await last.value }
  }

  @Test func `A canceled task stops waiting, and the others continue`() async throws {
    let cache = questions.cache()
    let first = questions.begin(cache, "a")
    let second = questions.begin(cache, "a")
    first.cancel()
    await #expect(throws: CancellationError.self) { try await first.value }
    questions.answer(.success(listed))
    #expect(try await second.value == listed)
    // The cache keeps the answer, although the task that asked first was canceled.
    #expect(try await cache.addresses(of: "a") == listed)
  }

  @Test func `A task that was canceled before does not wait`() async throws {
    let cache = questions.cache()
    let task = Task.immediate {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await cache.addresses(of: "a")
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    // An open question refers to the cache, and the cache to its questions.
    questions.answer(.success(listed))
  }

  @Test func `A full cache drops the names that were not requested recently`() async throws {
    let cache = questions.cache(limit: 4)
    func ask(_ name: String, isKept: Bool) async throws {
      let task = questions.begin(cache, name)
      #expect(questions.names == (isKept ? [] : [name]))
      if !isKept { questions.answer(.success(listed)) }
      #expect(try await task.value == listed)
    }
    for name in ["a", "b", "c"] { try await ask(name, isKept: false) }
    // This request makes "a" recent again, so the cache drops "b" to make room for "d".
    try await ask("a", isKept: true)
    try await ask("d", isKept: false)
    try await ask("a", isKept: true)
    try await ask("c", isKept: true)
    try await ask("b", isKept: false)
  }

  @Test func `An answer for a dropped name reaches the tasks that wait for it`() async throws {
    let cache = questions.cache(limit: 2)
    let first = questions.begin(cache, "a")
    let others = ["b", "c"].map { questions.begin(cache, $0) }
    for _ in 0..<3 { questions.answer(.success(listed)) }
    #expect(try await first.value == listed)
    for task in others { #expect(try await task.value == listed) }
    _ = questions.begin(cache, "a")
    #expect(questions.names == ["a"])
    questions.answer(.success(listed))
  }
}
