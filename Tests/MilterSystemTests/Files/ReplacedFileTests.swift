import Foundation
import Glibc
import MilterProcessFixtures
import Synchronization
import Testing

@testable import MilterSystem

@Suite(.timeLimit(.minutes(15)))
struct ReplacedFileTests {
  let directory: ScratchDirectory
  let path: String

  init() throws {
    directory = try ScratchDirectory()
    path = directory.path(of: "file")
  }

  private func mode() throws -> mode_t {
    var status = stat()
    try #require(lstat(path, &status) == 0)
    return status.st_mode & 0o7777
  }

  @Test func `A partial file is never read`() throws {
    let texts = ["a", "b"].map { String(repeating: $0, count: 100_000) + "\n" }
    let file = try ReplacedFile(path)
    try file.write(texts[0])
    let isOver = Atomic(false)
    let failure = Mutex<(any Error)?>(nil)
    let writer = DispatchQueue(label: "writer")
    writer.async {
      do {
        var number = 0
        while !isOver.load(ordering: .sequentiallyConsistent) {
          number += 1
          _ = try file.write(texts[number % 2])
        }
      } catch {
        failure.withLock { $0 = error }
      }
    }
    defer { isOver.store(true, ordering: .sequentiallyConsistent) }
    // Ends after 50 observed changes, not after a fixed time: a busy machine may run the writer late.
    let deadline = ContinuousClock.now + .seconds(300)
    var (last, changes) = (texts[0], 0)
    while changes < 50 {
      if let failure = failure.withLock({ $0 }) { throw failure }
      try #require(ContinuousClock.now < deadline, "only \(changes) changes were seen")
      let text = try directory.text("file")
      try #require(texts.contains(text))
      if text != last { changes += 1 }
      last = text
    }
    isOver.store(true, ordering: .sequentiallyConsistent)
    writer.sync {}
    #expect(try directory.names() == ["file"])
  }

  @Test func `The mode is the same whatever the umask`() async {
    for mask in [0o000, 0o022, 0o077, 0o777] as [mode_t] {
      await #expect(processExitsWith: .success, "umask \(mask)") { [mask = mask as mode_t] in
        umask(mask)
        let test = try ReplacedFileTests()
        try ReplacedFile(test.path).write("x")
        #expect(try test.mode() == 0o644)
      }
    }
  }

  @Test(arguments: Obstacle.all)
  func `Anything but a regular file is kept`(what: String) throws {
    try Obstacle.make(what, at: path)
    let error = #expect(throws: FileError.self) {
      try ReplacedFile(path, called: "the pidfile").write("x")
    }
    #expect(error?.code == .pathInTheWay)
    #expect(error?.underlying == nil)
    #expect(
      error?.message == "cannot write the pidfile: \(what) is there, and only a regular file is "
        + "replaced; choose another path")
    #expect(try Obstacle.isThere(what, at: path))
    #expect(try directory.names() == ["file"])
  }

  @Test func `A device is left alone`() throws {
    let error = #expect(throws: FileError.self) {
      try ReplacedFile("/dev/null").write("x")
    }
    #expect(error?.code == .pathInTheWay)
    #expect(error?.underlying == nil)
    #expect(error?.message.hasPrefix("cannot write /dev/null: a device is there") == true)
  }

  @Test func `Another user's file is kept where owners matter`() throws {
    try directory.write("theirs", to: "file")
    let error = #expect(throws: FileError.self) {
      try ReplacedFile(path).write("x", owners: [geteuid() + 1])
    }
    #expect(error?.code == .pathInTheWay)
    #expect(error?.underlying == nil)
    #expect(error?.message.contains("belongs to user \(geteuid()); remove it") == true)
    #expect(try directory.text("file") == "theirs")
    try ReplacedFile(path).write("x", owners: [geteuid()])
    #expect(try directory.text("file") == "x")
  }

  @Test func `Neither the files of a killed process nor others' files stop a draft`()
    throws
  {
    try directory.write("precious", to: "victim")
    let draft = path + ".\(getpid())"
    try directory.write("left over", to: "file.\(getpid())")
    try symlink(draft + "-1", to: directory.path(of: "victim"))
    try Obstacle.make("a FIFO", at: draft + "-2")
    try Obstacle.make("a directory", at: draft + "-3")
    try ReplacedFile(path).write("new")
    #expect(try directory.text("file") == "new")
    try Obstacle.make("a directory", at: draft)
    try ReplacedFile(path).write("newer")
    #expect(try directory.text("file") == "newer")
    #expect(try directory.text("victim") == "precious")
    #expect(try Obstacle.isThere("a FIFO", at: draft + "-2"))
  }

  private func symlink(_ link: String, to path: String) throws {
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
  }

  // MARK: Removing

  @Test func `A written file is removed, also from another directory`() throws {
    let file = try ReplacedFile(path)
    file.remove(try file.write("x"), ifItHolds: "x")
    #expect(try directory.names() == [])
  }

  @Test(arguments: Obstacle.all)
  func `Whatever has replaced the file is kept`(what: String) throws {
    let file = try ReplacedFile(path)
    let written = try file.write("x")
    unlink(path)
    try Obstacle.make(what, at: path)
    file.remove(written, ifItHolds: "x")
    #expect(try Obstacle.isThere(what, at: path))
  }

  @Test func `A successor's file is kept, even if it was written over ours`() throws {
    let file = try ReplacedFile(path)
    let first = try file.write("1")
    let second = try file.write("2")
    file.remove(first, ifItHolds: "1")
    #expect(try directory.text("file") == "2")
    let descriptor = open(path, O_WRONLY | O_TRUNC)
    #expect(write(descriptor, "3", 1) == 1)
    close(descriptor)
    file.remove(second, ifItHolds: "2")
    #expect(try directory.text("file") == "3")
  }

  @Test(.needsRoot("only root can drop privileges"))
  func `After dropping privileges, a file is removed if that is allowed, otherwise emptied`() async
  {
    await #expect(processExitsWith: .success) {
      let test = try ReplacedFileTests()
      let nobody = try ProcessCredentials(parsing: "nobody")
      // The user "nobody" may change a/inner, but may not search its parent directory a.
      let (hidden, closed) = (test.directory.path(of: "a"), test.directory.path(of: "b"))
      for folder in [hidden, closed, hidden + "/inner"] { try #require(mkdir(folder, 0o755) == 0) }
      try #require(chown(hidden + "/inner", nobody.user, nobody.group) == 0)
      try #require(chmod(hidden, 0o700) == 0)
      let files = [
        try ReplacedFile(hidden + "/inner/file"), try ReplacedFile(closed + "/file"),
      ]
      let written = try files.map { try $0.write("1\n") }
      let seen = open(hidden, O_RDONLY | O_DIRECTORY)
      let gone = open(closed, O_RDONLY | O_DIRECTORY)
      try nobody.drop()
      for (file, written) in zip(files, written) { file.remove(written, ifItHolds: "1\n") }
      #expect(faccessat(seen, "inner/file", F_OK, 0) == -1)
      var status = stat()
      #expect(fstatat(gone, "file", &status, 0) == 0 && status.st_size == 0)
    }
  }
}
