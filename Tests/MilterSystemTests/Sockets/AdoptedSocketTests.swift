import MilterPlatform
import MilterProcessFixtures
import MilterSystem
import Testing

@Suite(.timeLimit(.minutes(15)))
struct AdoptedSocketTests {
  @Test
  func `A listening descriptor is taken over`() throws {
    let original = try ListeningSocket(SocketSpec("inet:0@127.0.0.1"))
    let number = dup(original.descriptor)
    try #require(number != -1)
    try #require(!isClosedOnExec(number))
    let listener = try ListeningSocket(SocketSpec("fd:\(number)"))
    #expect(listener.descriptor == number)
    #expect(listener.localAddress == original.localAddress)
    #expect(isClosedOnExec(number))
    #expect(isNonBlocking(number))
    #expect(!listener.unlinkIfOurs())
    original.close()
    let client = try Socket.connect(to: listener.localAddress)
    try client.write("x")
    #expect(try listener.acceptNext().readOnce().text == "x")
  }

  @Test
  func `A server does not remove a Unix socket that another one has taken over`() throws {
    let directory = try ScratchDirectory()
    let original = try ListeningSocket(SocketSpec(directory.path(of: "s")))
    let number = dup(original.descriptor)
    try #require(number != -1)
    let listener = try ListeningSocket(SocketSpec("fd:\(number)"))
    #expect(!listener.unlinkIfOurs())
    #expect(status(of: directory.path(of: "s")) != nil)
  }

  @Test
  func `A socket that does not listen is refused, and left open`() throws {
    let (near, far) = try Socket.socketPair()
    let number = near.descriptor
    let spec = try SocketSpec("fd:\(number)")
    let error = #expect(throws: SocketError.self) { try ListeningSocket(spec) }
    #expect(error?.code == .invalidDescriptor)
    #expect(
      error?.message
        == "fd:\(number): the socket does not listen; call listen() before handing it over")
    try near.write("x")
    #expect(try far.readOnce().text == "x")
  }

  @Test
  func `Anything but a socket is refused`() throws {
    let number = open("/dev/null", O_RDONLY | O_CLOEXEC)
    try #require(number != -1)
    defer { _ = close(number) }
    let spec = try SocketSpec("fd:\(number)")
    let error = #expect(throws: SocketError.self) { try ListeningSocket(spec) }
    #expect(error?.code == .notSocket)
    #expect(
      error?.message
        == "fd:\(number): descriptor \(number) is not a socket; start the program with a "
        + "listening socket there")
  }

  @Test
  func `A closed descriptor is refused`() throws {
    let spec = try SocketSpec("fd:2147483647")
    let error = #expect(throws: SocketError.self) { try ListeningSocket(spec) }
    #expect(error?.code == .invalidDescriptor)
    #expect(error?.underlying == .badFileDescriptor)
    #expect(error?.message.hasPrefix("fd:2147483647: no descriptor 2147483647 is open;") == true)
  }

  @Test
  func `Connecting to a plain descriptor fails`() throws {
    let spec = try SocketSpec("fd:3")
    #expect(throws: SocketError(.invalidSpec, "")) { try Socket.connect(to: spec) }
  }
}
