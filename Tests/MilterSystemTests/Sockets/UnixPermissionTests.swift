import Dispatch
import Foundation
import MilterPlatform
import Synchronization
import MilterProcessFixtures
import Testing

@testable import MilterSystem

@Suite(.timeLimit(.minutes(15)))
struct UnixPermissionTests {
  let directory: ScratchDirectory
  let path: String
  let spec: SocketSpec

  init() throws {
    directory = try ScratchDirectory()
    path = directory.path(of: "s")
    spec = try SocketSpec("unix:\(path)")
  }

  @Test(arguments: [0o600, 0o660, 0o666, 0o777, 0o000])
  func `The mode is exact, whatever the umask`(mode: UInt16) throws {
    let listener = try ListeningSocket(spec, options: .init(mode: mode))
    #expect(permissions(of: path) == mode_t(mode))
    #expect(listener.unlinkIfOurs())
  }

  @Test
  func `Without a mode, the umask decides`() throws {
    try #require(mkdir(directory.path(of: "d"), 0o777) == 0)
    let listener = try ListeningSocket(spec)
    #expect(permissions(of: path) == permissions(of: directory.path(of: "d")))
    #expect(listener.unlinkIfOurs())
  }

  @Test
  func `Once the file exists, it has its final mode and group, and accepts connections`() throws {
    let seen = Atomic<Bool>(false)
    let isOver = Atomic<Bool>(false)
    let (path, spec) = (path, spec)
    let watcher = DispatchGroup()
    watcher.enter()
    Thread.detachNewThread {
      while !isOver.load(ordering: .relaxed) {
        guard let found = status(of: path) else { continue }
        #expect(found.st_mode & 0o7777 == 0o622)
        #expect(found.st_gid == getegid())
        seen.store(true, ordering: .relaxed)
      }
      watcher.leave()
    }
    defer {
      isOver.store(true, ordering: .relaxed)
      watcher.wait()
    }
    // Repeats until the watcher has seen the file, which exists only while the listener is open.
    let deadline = ContinuousClock.now + .seconds(300)
    repeat {
      try #require(ContinuousClock.now < deadline, "the watcher has not seen the file")
      let listener = try ListeningSocket(
        spec, options: .init(mode: 0o622, group: String(getegid())))
      #expect(throws: Never.self) { try Socket.connect(to: spec) }
      listener.unlinkIfOurs()
    } while !seen.load(ordering: .relaxed)
  }

  #if os(Linux)
    @Test
    func `The file is created with its permissions`() throws {
      let descriptor = try Syscalls.newSocket(AF_UNIX)
      defer { close(descriptor) }
      try Syscalls.restrictBeforeBinding(descriptor, 0o600)
      try #require(try SocketAddress(path: path).withSockAddr { bind(descriptor, $0, $1) } == 0)
      // 0o600 has only owner bits, which no usual umask removes. The umask alone would give 0o755.
      #expect(permissions(of: path) == 0o600)
    }
  #endif

  @Test
  func `The group is set by number`() throws {
    let listener = try ListeningSocket(
      spec, options: .init(mode: 0o660, group: String(getegid())))
    #expect(status(of: path)?.st_gid == getegid())
    #expect(permissions(of: path) == 0o660)
    #expect(listener.unlinkIfOurs())
  }

  @Test
  func `The group is set by name, and may connect`() throws {
    let entry = try #require(getgrgid(getegid()))
    let name = String(cString: entry.pointee.gr_name)
    let listener = try ListeningSocket(spec, options: .init(group: name))
    #expect(status(of: path)?.st_gid == getegid())
    #expect(permissions(of: path) == 0o660)
    #expect(listener.unlinkIfOurs())
  }

  @Test
  func `Root gives the socket to any group; others are refused, and leave nothing behind`() throws {
    let foreign: gid_t = 54321
    let options = ListeningSocket.Options(mode: 0o660, group: "\(foreign)")
    if geteuid() == 0 {
      let listener = try ListeningSocket(spec, options: options)
      #expect(status(of: path)?.st_gid == foreign)
      #expect(permissions(of: path) == 0o660)
      #expect(listener.unlinkIfOurs())
    } else {
      let error = #expect(throws: SocketError.self) { try ListeningSocket(spec, options: options) }
      #expect(error?.underlying == .notPermitted)
      #expect(
        error?.message.hasSuffix("only root and members of the group may give it away") == true)
      #expect(status(of: path) == nil)
    }
  }

  @Test(arguments: ["no-such-group", "-1", ""])
  func `An unknown group is named before anything is changed`(name: String) throws {
    let error = #expect(throws: SocketError.self) {
      try ListeningSocket(spec, options: .init(group: name))
    }
    #expect(error?.code == .unknownGroup)
    #expect(
      error?.message
        == "there is no group \"\(name)\" on this system; write the name of a group, or its number")
    #expect(status(of: path) == nil)
  }
}
