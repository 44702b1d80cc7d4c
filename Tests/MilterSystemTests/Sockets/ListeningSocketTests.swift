import MilterPlatform
import MilterSystem
import MilterProcessFixtures
import Testing

/// Tests that need a closed socket run in a separate process, because a child process that another test is
/// starting keeps copies of all descriptors until it calls exec.
@Suite(.timeLimit(.minutes(15)))
struct ListeningSocketTests {
  @Test(arguments: ["inet:0@127.0.0.1", "inet6:0@[::1]"])
  func `A server on loopback accepts a connection`(text: String) throws {
    let listener = try ListeningSocket(SocketSpec(text))
    #expect(listener.localAddress.port != 0)
    #expect(isClosedOnExec(listener.descriptor))
    #expect(isNonBlocking(listener.descriptor))
    #expect(try listener.accept() == nil)

    // The description of the local address is a valid socket specification.
    let client = try Socket.connect(
      to: SocketSpec(listener.localAddress.description), milliseconds: 10_000)
    let server = try listener.acceptNext()
    #expect(try listener.accept() == nil)
    for socket in [client, server] {
      #expect(isClosedOnExec(socket.descriptor))
      #expect(!isNonBlocking(socket.descriptor))
      #expect(option(socket.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY) != 0)
    }
    #expect(option(server.descriptor, SOL_SOCKET, SO_KEEPALIVE) != 0)
    try client.write("ping")
    #expect(try server.readOnce().text == "ping")
    try server.write("pong")
    #expect(try client.readOnce().text == "pong")
  }

  @Test
  func `One port can be listened on in both families`() throws {
    // IPv4 comes first: other tests have thousands of IPv4 connections, so a port that is free for IPv6
    // may be in use for IPv4.
    let inet = try ListeningSocket(SocketSpec("inet:0"))
    let port = try #require(inet.localAddress.port)
    #expect(throws: SocketError(.systemCall, "")) {
      try Socket.connect(to: SocketSpec("inet6:\(port)@::1"))
    }
    let inet6 = try ListeningSocket(SocketSpec("inet6:\(port)"))
    #expect(option(inet6.descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY) == 1)
    // Each socket accepts only connections of its own address family.
    _ = try Socket.connect(to: SocketSpec("inet:\(port)"))
    _ = try inet.acceptNext()
    _ = try Socket.connect(to: SocketSpec("inet6:\(port)"))
    _ = try inet6.acceptNext()
  }

  @Test
  func `A port in use is reported as such`() throws {
    let first = try ListeningSocket(SocketSpec("inet:0@127.0.0.1"))
    let spec = try SocketSpec(first.localAddress.description)
    let error = #expect(throws: SocketError.self) { try ListeningSocket(spec) }
    #expect(error?.code == .addressInUse)
    #expect(error?.underlying == .addressInUse)
    #expect(
      error?.message
        == "cannot listen on \(spec): the port is already in use by a running server")
  }

  @Test
  func `A server can start again on its port at once after a connection`() async {
    await #expect(processExitsWith: .success) {
      let first = try ListeningSocket(SocketSpec("inet:0@127.0.0.1"))
      let spec = try SocketSpec(first.localAddress.description)
      let client = try Socket.connect(to: spec)
      // The server closes first, so the server's port stays in TIME_WAIT.
      try first.acceptNext().close()
      #expect(try client.readOnce().result == .endOfStream)
      client.close()
      first.close()
      #expect(throws: Never.self) { try ListeningSocket(spec) }
    }
  }

  @Test
  func `An address of another machine is reported as such`() throws {
    // 203.0.113.0/24 is reserved for documentation (RFC 5737), so no interface has this address.
    let spec = try SocketSpec("inet:0@203.0.113.77")
    let error = #expect(throws: SocketError.self) { try ListeningSocket(spec) }
    #expect(error?.underlying == .addressNotAvailable)
    #expect(
      error?.message
        == "cannot listen on inet:0@203.0.113.77: no interface of this machine has that address")
  }

  @Test
  func `A closed server refuses connections`() async {
    await #expect(processExitsWith: .success) {
      let listener = try ListeningSocket(SocketSpec("inet:0@127.0.0.1"))
      listener.close()
      listener.close()
      #expect(listener.descriptor == -1)
      let accepting = #expect(throws: SocketError.self) { try listener.accept() }
      #expect(accepting?.underlying == .badFileDescriptor)
      let connecting = #expect(throws: SocketError.self) {
        try Socket.connect(to: listener.localAddress)
      }
      #expect(connecting?.underlying == .connectionRefused)
      #expect(
        connecting?.message == "cannot connect to \(listener.localAddress): Connection refused")
    }
  }

  @Test
  func `A shortage of descriptors differs from other errors, and is temporary`() async {
    await #expect(processExitsWith: .success) {
      let listener = try ListeningSocket(SocketSpec("inet:0@127.0.0.1"))
      let client = try Socket.connect(to: listener.localAddress)
      #expect(try Poll.wait(listener.descriptor, .readable, milliseconds: 60_000) == .readable)
      var limit = rlimit(rlim_cur: 64, rlim_max: 64)
      try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
      var last = client.descriptor
      while case let next = dup(client.descriptor), next != -1 { last = next }
      let error = #expect(throws: SocketError.self) { try listener.accept() }
      #expect(error?.code == .systemCall)
      #expect(error?.underlying == .tooManyOpenFiles)
      close(last)
      #expect(try listener.accept() != nil)
    }
  }
}
