import Dispatch
import Foundation
import MilterPlatform
import Synchronization
import MilterProcessFixtures
import Testing

@testable import MilterSystem

@Suite(.timeLimit(.minutes(15)))
struct UnixListeningTests {
  let directory: ScratchDirectory
  let path: String
  let spec: SocketSpec

  init() throws {
    directory = try ScratchDirectory()
    path = directory.path(of: "s")
    spec = try SocketSpec("unix:\(path)")
  }

  @Test
  func `A server accepts a connection, and removes its file`() throws {
    let listener = try ListeningSocket(spec)
    #expect(listener.localAddress.path == path)
    #expect(isClosedOnExec(listener.descriptor))
    #expect(isNonBlocking(listener.descriptor))
    #expect(try listener.accept() == nil)
    let client = try Socket.connect(to: spec, milliseconds: 10_000)
    let server = try #require(try listener.accept())
    #expect(isClosedOnExec(server.descriptor))
    #expect(!isNonBlocking(server.descriptor))
    try client.write("ping")
    #expect(try server.readOnce().text == "ping")
    #expect(listener.unlinkIfOurs())
    #expect(status(of: path) == nil)
    #expect(!listener.unlinkIfOurs())
  }

  // MARK: Obstacles

  @Test
  func `A dead socket is replaced`() async {
    await #expect(processExitsWith: .success) {
      // In a separate process, where no child process of another test has a copy of the closed socket.
      let directory = try ScratchDirectory()
      let path = directory.path(of: "s")
      let spec = try SocketSpec(path)
      try ListeningSocket(spec).close()
      try #require(status(of: path) != nil)
      let listener = try ListeningSocket(spec)
      _ = try Socket.connect(to: spec)
      #expect(try listener.accept() != nil)
    }
  }

  @Test
  func `The socket of a running server is kept`() throws {
    let first = try ListeningSocket(spec)
    let error = #expect(throws: SocketError.self) { try ListeningSocket(spec) }
    #expect(error?.code == .addressInUse)
    #expect(
      error?.message
        == "cannot listen on \(spec): it is already in use by a running server; stop that one, or "
        + "choose another path")
    _ = try #require(try first.accept(), "the connection that checked for a running server")
    _ = try Socket.connect(to: spec)
    #expect(try first.accept() != nil)
  }

  #if os(Linux)
    @Test
    func `A server whose queue is full counts as running`() throws {
      let first = try ListeningSocket(spec, options: .init(backlog: 0))
      var waiting: [Socket] = []
      let full = #expect(throws: SocketError.self) {
        while true { waiting.append(try Socket.connect(to: spec, milliseconds: 1)) }
      }
      #expect(full?.code == .timedOut)
      #expect(full?.underlying == .timedOut)
      #expect(throws: SocketError(.addressInUse, "")) { try ListeningSocket(spec) }
      #expect(try first.accept() != nil)
    }
  #endif

  @Test
  func `A socket of another type that is in use is left alone`() throws {
    let datagram = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    try #require(datagram != -1)
    defer { close(datagram) }
    try #require(try SocketAddress(path: path).withSockAddr { bind(datagram, $0, $1) } == 0)
    #expect(throws: SocketError(.addressInUse, "")) { try ListeningSocket(spec) }
    #expect(status(of: path) != nil)
  }

  @Test(arguments: ["a file", "a directory"])
  func `Anything but a socket is never removed`(what: String) throws {
    if what == "a file" {
      try directory.write("", to: "s")
    } else {
      try #require(mkdir(path, 0o700) == 0)
    }
    let before = try #require(status(of: path))
    let error = #expect(throws: SocketError.self) { try ListeningSocket(spec) }
    #expect(error?.code == .pathInTheWay)
    #expect(
      error?.message
        == "cannot listen on \(spec): \(what) is in the way, and only a socket that nobody uses "
        + "is removed; move it, or choose another path")
    #expect(status(of: path)?.st_ino == before.st_ino)
  }

  @Test
  func `A link is not followed, not even to a dead socket`() throws {
    try ListeningSocket.leaveStale(at: directory.path(of: "dead"))
    try #require(symlink(directory.path(of: "dead"), path) == 0)
    let error = #expect(throws: SocketError.self) { try ListeningSocket(spec) }
    #expect(error?.code == .pathInTheWay)
    #expect(error?.message.contains("a symbolic link is in the way") == true)
    #expect(status(of: path) != nil)
    #expect(status(of: directory.path(of: "dead")) != nil)
  }

  @Test
  func `A directory that does not exist is named`() throws {
    let spec = try SocketSpec(directory.path(of: "none/s"))
    let error = #expect(throws: SocketError.self) { try ListeningSocket(spec) }
    #expect(error?.underlying == .noSuchFileOrDirectory)
    #expect(
      error?.message
        == "cannot listen on \(spec): its directory does not exist; create it first")
    #expect(error?.code == .noSuchDirectory)
  }

  // MARK: Removing at exit

  @Test
  func `A file that has replaced the socket is not removed`() throws {
    let listener = try ListeningSocket(spec)
    try #require(unlink(path) == 0)
    try directory.write("", to: "s")
    #expect(!listener.unlinkIfOurs())
    #expect(status(of: path) != nil)
  }

  @Test
  func `Another server's socket in the same place is not removed`() throws {
    let old = try ListeningSocket(spec)
    try #require(unlink(path) == 0)
    let new = try ListeningSocket(spec)
    #expect(!old.unlinkIfOurs())
    #expect(status(of: path) != nil)
    #expect(new.unlinkIfOurs())
  }

  @Test
  func `After closing, nothing is removed, because the inode may be in use again`() throws {
    let listener = try ListeningSocket(spec)
    listener.close()
    #expect(!listener.unlinkIfOurs())
    #expect(status(of: path) != nil)
  }

  @Test
  func `A relative path is still found from another directory`() async {
    await #expect(processExitsWith: .success) {
      let directory = try ScratchDirectory()
      try #require(chdir(directory.path) == 0)
      let listener = try ListeningSocket(SocketSpec("unix:s"))
      try #require(chdir("/") == 0)
      #expect(status(of: directory.path(of: "s")) != nil)
      #expect(listener.unlinkIfOurs())
      #expect(status(of: directory.path(of: "s")) == nil)
    }
  }

  // MARK: Mode and group

  @Test
  func `If several servers start at once, one gets the path of a dead socket`() async {
    await #expect(processExitsWith: .success) {
      // In a separate process, where no child process of another test has a copy of the dead socket.
      let directory = try ScratchDirectory()
      let spec = try SocketSpec(directory.path(of: "s"))
      for _ in 0..<100 {
        try ListeningSocket(spec).close()
        let winners = Mutex<[ListeningSocket]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { number in
          do throws(SocketError) {
            let mode: UInt16? = number.isMultiple(of: 2) ? 0o600 : nil
            let listener = try ListeningSocket(spec, options: .init(mode: mode))
            winners.withLock { $0.append(listener) }
          } catch {
            #expect(error.code == .addressInUse)
          }
        }
        let listeners = winners.withLock { $0 }
        try #require(listeners.count == 1)
        _ = try Socket.connect(to: spec)
        #expect(try listeners[0].accept() != nil)
        listeners[0].close()
      }
      #expect(try directory.names() == ["s"], "neither drafts nor locks stay")
    }
  }

  @Test
  func `The system's list of sockets shows the path, unless a mode or group is set`() throws {
    let listener = try ListeningSocket(spec)
    let name = try SocketAddress { getsockname(listener.descriptor, $0, $1) }
    #expect(name.path == path)
    #expect(listener.unlinkIfOurs())
    let drafted = try ListeningSocket(spec, options: .init(mode: 0o640))
    let draft = try SocketAddress { getsockname(drafted.descriptor, $0, $1) }
    #expect(draft.path != path)
    #expect(drafted.localAddress.path == path)
    #expect(drafted.unlinkIfOurs())
  }

  @Test(arguments: [0, 1, 9])
  func `A path of the maximum length can be listened on`(spare: Int) throws {
    let room = SocketAddress.maximumPathLength - directory.path.utf8.count - spare - 3
    let folder = directory.path(of: String(repeating: "d", count: room))
    try #require(mkdir(folder, 0o700) == 0)
    defer { rmdir(folder) }
    let path = folder + "/s"
    let listener = try ListeningSocket(SocketSpec(path), options: .init(mode: 0o640))
    #expect(permissions(of: path) == 0o640)
    #expect(listener.localAddress.path == path)
    _ = try Socket.connect(to: SocketSpec(path))
    #expect(try listener.accept() != nil)
    #expect(listener.unlinkIfOurs())
    #expect(try directory.names(in: String(folder.dropFirst(directory.path.count + 1))) == [])
  }

  @Test
  func `The leftover lock file of a killed server does not stop the next one`() throws {
    try directory.write("", to: ".s.lock")
    let listener = try ListeningSocket(spec)
    #expect(try directory.names() == ["s"])
    #expect(listener.unlinkIfOurs())
  }
}
