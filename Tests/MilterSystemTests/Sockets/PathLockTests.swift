import Foundation
import Glibc
import MilterProcessFixtures
import Testing

@testable import MilterSystem

@Suite(.timeLimit(.minutes(15)))
struct PathLockTests {
  let directory: ScratchDirectory
  let spec: SocketSpec
  let lock: String

  init() throws {
    directory = try ScratchDirectory()
    spec = try SocketSpec("unix:\(directory.path(of: "s"))")
    lock = directory.path(of: ".s.lock")
  }

  @Test(arguments: Obstacle.all)
  func `Anything but a regular file is not a lock, and is kept`(what: String) throws {
    try Obstacle.make(what, at: lock)
    let error = #expect(throws: SocketError(.pathInTheWay, "")) { try ListeningSocket(spec) }
    #expect(
      error?.message == "cannot listen on \(spec): the lock file \(lock) is not a regular file; "
        + "remove it, or choose a directory that others cannot write to")
    #expect(try Obstacle.isThere(what, at: lock))
  }

  @Test(
    .needsRoot("only root gives files away"),
    arguments: [0o666, 0o600], [0o755, 0o1777])
  func `Another user's lock is not waited for`(mode: mode_t, folder: mode_t) throws {
    try directory.write("", to: ".s.lock")
    try #require(chmod(lock, mode) == 0 && chown(lock, 54321, 54321) == 0)
    try #require(chmod(directory.path, folder) == 0)
    let held = open(lock, O_RDONLY | O_CLOEXEC)
    try #require(flock(held, LOCK_EX) == 0)
    let error = #expect(throws: SocketError(.pathInTheWay, "")) { try ListeningSocket(spec) }
    #expect(
      error?.message == "cannot listen on \(spec): the lock file \(lock) belongs to user 54321; "
        + "remove it, or choose a directory that others cannot write to")
    #expect(try directory.names() == [".s.lock"])
    close(held)
  }

  @Test func `A lock of ours that is never released is waited for briefly, and named`() throws {
    try directory.write("", to: ".s.lock")
    let held = open(lock, O_RDONLY | O_CLOEXEC)
    try #require(flock(held, LOCK_EX) == 0)
    let path = directory.path(of: "s")
    let error = #expect(throws: SocketError(.addressInUse, "")) {
      try PathLock(path, patience: .milliseconds(20))
    }
    #expect(error?.message.contains("another process has kept \(lock) locked for 0.02 s") == true)
    // A leftover lock file does not prevent listening if no process has locked it.
    close(held)
    let listener = try ListeningSocket(spec)
    #expect(try directory.names() == ["s"])
    listener.close()
  }

  @Test func `A draft gives up if all of its names are taken`() async {
    await #expect(processExitsWith: .success) {
      // In a separate process, where no other test uses draft names.
      let directory = try ScratchDirectory()
      let pid = getpid()
      // More names than the library tries.
      for number in 0..<2000 {
        try directory.write("", to: number == 0 ? ".s.\(pid)" : ".s.\(pid)-\(number)")
      }
      let spec = try SocketSpec("unix:\(directory.path(of: "s"))")
      #expect(throws: SocketError(.addressInUse, "")) {
        try ListeningSocket(spec, options: .init(mode: 0o600))
      }
    }
  }
}
