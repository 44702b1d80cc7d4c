import Foundation
import MilterTesting
import MilterProcessFixtures
import Synchronization
import Testing

@testable import MilterGreylist

@Suite(.ownThread, .timeLimit(.minutes(15))) struct GreylistTests {
  /// A clock that the test advances.
  private final class Clock: Sendable {
    private let time = Atomic(1_000_000)
    var now: Int { time.load(ordering: .sequentiallyConsistent) }
    func pass(_ seconds: Int) { time.add(seconds, ordering: .sequentiallyConsistent) }
  }

  private let clock = Clock()
  private let directory: ScratchDirectory
  private var file: String { directory.path(of: "triplets") }

  init() throws { directory = try ScratchDirectory() }

  private func store(slack: Int = 10_000) throws -> TripletFile {
    try TripletFile(file, .init(delay: 300, window: 3600, keep: 100_000), slack: slack) {
      [clock] in clock.now
    }
  }

  private func rcpt(
    _ store: TripletFile, _ address: MilterAddress? = .inet(address: "192.0.2.7", port: 1),
    from sender: String = "a@example.org", to recipient: String = "b@example.org",
    user: String? = nil
  ) throws -> String? {
    let mta = TestMTA(filter: GreylistFilter<TripletFile>(.success(store)))
    mta.connect("client.example", address)
    if let user { mta.macros["{auth_authen}"] = user }
    mta.mail(from: sender)
    return mta.rcpt(to: recipient).replyText
  }

  private func greylisted(_ seconds: Int) -> String {
    "451 4.7.1 Greylisted, please try again in \(seconds) seconds"
  }

  @Test
  func `A client that returns in time passes, and continues to pass`() throws {
    let store = try store()
    #expect(try rcpt(store) == greylisted(300))
    clock.pass(299)
    #expect(try rcpt(store) == greylisted(1))
    clock.pass(1)
    #expect(try rcpt(store) == nil)
    for _ in 1...5 {
      clock.pass(90_000)
      #expect(try rcpt(store) == nil)
    }
    clock.pass(100_001)
    #expect(try rcpt(store) == greylisted(300))
  }

  @Test
  func `A client that returns too late waits again`() throws {
    let store = try store()
    _ = try rcpt(store)
    clock.pass(3601)
    #expect(try rcpt(store) == greylisted(300))
    clock.pass(300)
    #expect(try rcpt(store) == nil)
  }

  @Test
  func `A network counts as one, other addresses do not`() throws {
    let store = try store()
    _ = try rcpt(store)
    _ = try rcpt(store, .inet6(address: "2001:db8:1:2::1", port: 1))
    clock.pass(300)
    #expect(try rcpt(store, .inet(address: "192.0.2.200", port: 1)) == nil)
    #expect(try rcpt(store, .inet6(address: "::ffff:192.0.2.9", port: 1)) == nil)
    #expect(try rcpt(store, .inet6(address: "2001:db8:1:2:ffff::9", port: 1)) == nil)
    #expect(try rcpt(store, from: "A@Example.ORG", to: "B@example.org") == nil)
    #expect(try rcpt(store, .inet(address: "192.0.3.7", port: 1)) == greylisted(300))
    #expect(try rcpt(store, .inet6(address: "2001:db8:1:3::1", port: 1)) == greylisted(300))
    #expect(try rcpt(store, from: "") == greylisted(300))
    #expect(try rcpt(store, to: "c@example.org") == greylisted(300))
  }

  @Test
  func `Users, this host and clients without address pass`() throws {
    let store = try store()
    #expect(try rcpt(store, user: "joe") == nil)
    #expect(try rcpt(store, .inet(address: "127.0.0.1", port: 1)) == nil)
    #expect(try rcpt(store, .inet6(address: "::1", port: 1)) == nil)
    #expect(try rcpt(store, .unix(path: "/s")) == nil)
    #expect(try rcpt(store, nil) == nil)
  }

  @Test
  func `Without the store mail is deferred`() throws {
    struct Broken: Error {}
    let mta = TestMTA(filter: GreylistFilter<TripletFile>(.failure(Broken())))
    mta.connect("x", .inet(address: "192.0.2.7", port: 1))
    try mta.rcpt().expect(
      .tempfail, reply: "451 4.3.0 Greylisting is not available, please try again later")
  }

  @Test
  func `The state survives a restart, also with unusual addresses`() throws {
    let senders = ["a@example.org", "\"a b\"@x.example", "a%20;@x.example", "ü@x.example", ""]
    do {
      let store = try store()
      for sender in senders { _ = try rcpt(store, from: sender) }
    }
    clock.pass(300)
    do {
      let store = try store()
      for sender in senders { #expect(try rcpt(store, from: sender) == nil) }
    }
    clock.pass(50_000)
    let store = try store()
    for sender in senders { #expect(try rcpt(store, from: sender) == nil) }
  }

  @Test
  func `A file cut anywhere keeps all lines before the cut, and can be continued`() throws {
    do {
      let store = try store()
      for name in ["a", "b", "c"] { #expect(store.check(["n", name, "r"]).wait == 300) }
    }
    let whole = try directory.read("triplets")
    let line = whole.count / 3
    clock.pass(300)
    for length in 0...whole.count {
      try Data(whole[..<length]).write(to: URL(filePath: file))
      do {
        let store = try store()
        for (index, name) in ["a", "b", "c"].enumerated() {
          let isWhole = length >= (index + 1) * line
          #expect(store.check(["n", name, "r"]).wait == (isWhole ? 0 : 300), "\(length) \(name)")
        }
      }
      // The checks above appended entries after the cut, which can be read.
      clock.pass(1)
      let store = try store()
      #expect(store.check(["n", "c", "r"]).wait == (length == whole.count ? 0 : 299), "\(length)")
    }
  }

  @Test
  func `Empty words, combining characters, and line breaks are read as they were written`() throws {
    let words = ["", "\u{301}a", "\u{301}", "a\r\n\u{308}b", "e\u{301} \u{20DD}", "%", " ", "\r\n"]
    do {
      let store = try store()
      for word in words { #expect(store.check(["n", word, "r"]).wait == 300) }
      for word in words { #expect(store.check(["n", "r", word]).wait == 300) }
    }
    clock.pass(300)
    let store = try store()
    for word in words { #expect(store.check(["n", word, "r"]).wait == 0, "\(word)") }
    for word in words { #expect(store.check(["n", "r", word]).wait == 0, "\(word)") }
  }

  @Test
  func `Addresses count by their first 256 bytes, so that nobody fills the file with long ones`()
    throws
  {
    let store = try store()
    let long = String(repeating: "x", count: 100_000)
    #expect(store.check(["n", long, long]).wait == 300)
    #expect(try directory.read("triplets").count < 600)
    clock.pass(300)
    #expect(store.check(["n", long + "y", long]).wait == 0)
    #expect(store.check(["n", "y" + long, long]).wait == 300)
  }

  @Test
  func `Triplets continue to pass if the file cannot be rewritten`() throws {
    let store = try store(slack: 3)
    #expect(store.check(["n", "s", "r"]).wait == 300)
    clock.pass(300)
    #expect(store.check(["n", "s", "r"]).wait == 0)
    // A directory with the name of the new file makes every rewrite fail.
    try FileManager.default.createDirectory(
      atPath: file + ".new", withIntermediateDirectories: false)
    var failures = 0
    for number in 1...40 {
      let answer = store.check(["n", "s", "\(number)"])
      #expect(answer.wait == 300, "sender \(number)")
      if answer.failure != nil { failures += 1 }
    }
    #expect(failures > 0 && failures < 20)
    clock.pass(90_000)
    #expect(store.check(["n", "s", "r"]).wait == 0)
    #expect(try rcpt(store) == greylisted(300))
    clock.pass(300)
    #expect(try rcpt(store) == nil)
  }

  @Test
  func `The retention of a triplet counts from the last mail, also with short times`()
    throws
  {
    for isRestarted in [false, true] {
      try? FileManager.default.removeItem(atPath: file)
      let times = TripletTimes(delay: 10, window: 100, keep: 100)
      func open() throws -> TripletFile { try TripletFile(file, times) { [clock] in clock.now } }
      var store: TripletFile? = try open()
      #expect(store?.check(["n", "s", "r"]).wait == 10, "is restarted: \(isRestarted)")
      clock.pass(10)
      for _ in 1...10 {
        #expect(store?.check(["n", "s", "r"]).wait == 0, "is restarted: \(isRestarted)")
        clock.pass(90)
        if isRestarted {
          store = nil
          store = try open()
        }
      }
      clock.pass(11)
      #expect(store?.check(["n", "s", "r"]).wait == 10, "is restarted: \(isRestarted)")
    }
  }

  @Test
  func `A window shorter than the delay is refused at the start`() throws {
    #expect(throws: Never.self) { try TripletTimes(delay: 5, window: 5, keep: 1).check() }
    for task in [["--socket", "inet:0@127.0.0.1"], ["--try", "-"]] {
      let run = try BuiltProgram.run("greylist", task + ["--store", file, "--window", "299"])
      #expect(run.status == 64, "\(task)")
      #expect(
        run.errors.hasSuffix(
          "greylist: --window 299 is below --delay 300: no mail could pass; "
            + "give a longer window or a shorter delay; see --help\n"), "\(task)")
    }
  }

  @Test
  func `This host has all of its addresses`() {
    #expect(ThisHost.has(.inet(address: "127.0.0.1", port: 1)))
    #expect(ThisHost.has(.inet6(address: "::ffff:127.0.0.1", port: 1)))
    #expect(ThisHost.has(.inet6(address: "::1", port: 1)))
    #expect(!ThisHost.has(.inet(address: "192.0.2.7", port: 1)))
    #expect(!ThisHost.has(.inet6(address: "2001:db8::1", port: 1)))
    let own = ThisHost.addresses()
    #expect(own.contains([127, 0, 0, 1]))
    for address in own where address.count == 4 {
      let text = address.map(String.init).joined(separator: ".")
      #expect(ThisHost.has(.inet(address: text, port: 0)), "\(text)")
    }
  }

  @Test
  func `Lines that are not valid are ignored`() throws {
    let lines = [
      "", "x", "1 2 3 4 5", "\(Int.max) 0 n o r .", "-9223372036854775808 5 n p r .", "1 1 n q r .",
    ]
    try Data(lines.joined(separator: "\n").utf8 + [0, 0xFF, 10]).write(to: URL(filePath: file))
    let store = try store()
    #expect(store.check(["n", "o", "r"]).wait == 300)
    #expect(store.check(["n", "p", "r"]).wait == 300)
  }

  @Test
  func `Two processes cannot have the store at once`() throws {
    let first = try store()
    #expect { _ = try store() } throws: { "\($0)".contains("another process has") }
    _ = first
  }

  @Test
  func `Closing the store releases the lock, also while a child process has the file open`()
    throws
  {
    var copy: Int32 = -1
    do {
      let store = try store()
      let number = try #require(
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").first { number in
          (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)"))
            == file + ".lock"
        })
      copy = dup(try #require(Int32(number)))
      _ = store
    }
    defer { close(copy) }
    _ = try store()
  }

  @Test
  func `Simultaneous connections lose nothing, even while the file is rewritten`()
    async throws
  {
    do {
      let store = try store(slack: 50)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for task in 0..<8 {
          group.addTask {
            for number in 0..<100 { _ = store.check(["n", "\(task)", "\(number)"]).wait }
          }
        }
        try await group.waitForAll()
      }
    }
    clock.pass(300)
    let store = try store()
    for task in 0..<8 {
      for number in 0..<100 { #expect(store.check(["n", "\(task)", "\(number)"]).wait == 0) }
    }
  }

  @Test
  func `Triplets that no longer count are removed from the file`() throws {
    do {
      let store = try store(slack: 50)
      for number in 1...500 {
        _ = store.check(["n", "s", "\(number)"]).wait
        clock.pass(100)
      }
    }
    let lines = try directory.text("triplets").split(
      separator: "\n")
    #expect(lines.count < 200)
    #expect(lines.last?.hasSuffix(" n s 500 .") == true)
    #expect(try directory.names() == ["triplets", "triplets.lock"])
    #expect(try store().check(["n", "s", "500"]).wait == 200)
  }
}
