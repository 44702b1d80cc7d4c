import MilterPlatform
import MilterProcessFixtures
import MilterSystem
import Testing

@Suite(.timeLimit(.minutes(15)))
struct SocketTests {
  @Test
  func `Bytes arrive, then the end of the stream`() throws {
    let (near, far) = try Socket.socketPair()
    try near.write("hello")
    try near.shutdown(.writing)
    let first = try far.readOnce(upTo: 3)
    #expect(first.result == .bytes(3))
    #expect(first.text == "hel")
    #expect(try far.readOnce().text == "lo")
    #expect(try far.readOnce().result == .endOfStream)
    #expect(try far.readOnce().result == .endOfStream)
  }

  @Test
  func `A read that gets nothing in time reports that, and the next one continues`() throws {
    let (near, far) = try Socket.socketPair()
    try far.setReceiveTimeout(milliseconds: 1)
    #expect(try far.readOnce().result == .wouldBlock)
    try near.write("x")
    #expect(try far.readOnce().text == "x")
  }

  @Test
  func `A blocking socket can be read without waiting`() throws {
    let (near, far) = try Socket.socketPair()
    var byte: UInt8 = 0
    try withUnsafeMutableBytes(of: &byte) { buffer in
      #expect(try far.readAvailable(into: buffer) == .wouldBlock)
      try near.write("x")
      #expect(try far.readAvailable(into: buffer) == .bytes(1))
      // shutdown() and not close(): a child that another test is starting may have a copy of the socket.
      try near.shutdown(.writing)
      #expect(try far.readAvailable(into: buffer) == .endOfStream)
    }
    #expect(byte == UInt8(ascii: "x"))
  }

  @Test
  func `More than fits into the system's buffers is written in one call`() async throws {
    let (near, far) = try Socket.socketPair()
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    async let written: Void = onThread {
      try bytes.withUnsafeBytes { try near.write(all: $0) }
      try near.shutdown(.writing)
    }
    let isWhole = try await onThread { try far.readToEnd() == bytes }
    try await written
    #expect(isWhole)
  }

  @Test
  func `Writing nothing has no effect`() throws {
    let (near, far) = try Socket.socketPair()
    try near.write("")
    var bytes: [UInt8] = [0]
    #expect(try bytes.withUnsafeMutableBytes { try far.readAvailable(into: $0) } == .wouldBlock)
  }

  @Test
  func `A peer that reads nothing in time is an error with the number of unsent bytes`() throws {
    let (near, far) = try Socket.socketPair()
    try near.setSendTimeout(milliseconds: 1)
    let bytes = [UInt8](repeating: 0, count: 8_000_000)
    let error = #expect(throws: SocketError.self) {
      try bytes.withUnsafeBytes { try near.write(all: $0) }
    }
    #expect(error?.code == .timedOut)
    #expect(error?.underlying == .wouldBlock)
    #expect(error?.message.hasSuffix(" of 8000000 bytes are left") == true)
    near.close()
    #expect(try far.readToEnd().count < bytes.count)
  }

  @Test
  func `A peer that reads slowly does not extend the time limit for all bytes`() async throws {
    let (near, far) = try Socket.socketPair()
    let bytes = [UInt8](repeating: 0, count: 8_000_000)
    async let read = onThread {
      // At this pace, reading all bytes takes minutes, which is longer than the time limit.
      var count = 0
      while case .bytes(let more) = try far.readOnce().result {
        count += more
        usleep(1000)
      }
      return count
    }
    let error = #expect(throws: SocketError.self) {
      try bytes.withUnsafeBytes { try near.write(all: $0, within: .milliseconds(200)) }
    }
    #expect(error?.code == .timedOut)
    #expect(error?.message.hasSuffix(" of 8000000 bytes are left") == true)
    near.close()
    #expect(try await read < bytes.count)
  }

  @Test
  func `A write within a time is whole if the peer reads`() async throws {
    let (near, far) = try Socket.socketPair()
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    async let isWhole = onThread { try far.readToEnd() == bytes }
    try bytes.withUnsafeBytes { try near.write(all: $0, within: .seconds(300)) }
    near.close()
    #expect(try await isWhole)
  }

  @Test
  func `Writing to a peer that has left is an error without SIGPIPE`() async {
    await #expect(processExitsWith: .success) {
      signal(SIGPIPE, SIG_DFL)
      let (near, far) = try Socket.socketPair()
      far.close()
      let error = #expect(throws: SocketError.self) { try near.write("x") }
      #expect(error?.code == .disconnected)
      #expect(error?.underlying == .brokenPipe)
      #expect(error?.message == "cannot write: Broken pipe")
    }
  }

  @Test
  func `A connection that was reset is an error`() throws {
    let listener = try ListeningSocket(SocketSpec("inet:0@127.0.0.1"))
    let client = try Socket.connect(to: listener.localAddress)
    let server = try listener.acceptNext()
    // Closing with a linger time of zero resets the connection.
    var linger = linger(l_onoff: 1, l_linger: 0)
    let size = socklen_t(MemoryLayout.size(ofValue: linger))
    try #require(setsockopt(server.descriptor, SOL_SOCKET, SO_LINGER, &linger, size) == 0)
    server.close()
    let error = #expect(throws: SocketError.self) { try client.readOnce() }
    #expect(error?.code == .disconnected)
    #expect(error?.underlying == .connectionReset)
  }

  @Test
  func `Shutting down ends a read in another thread`() async throws {
    let (near, far) = try Socket.socketPair()
    let reader = Task { try far.readToEnd() }
    try far.shutdown(.reading)
    #expect(try await reader.value.isEmpty)
    try near.shutdown()
    try near.shutdown()
    #expect(throws: SocketError(.disconnected, "")) { try near.write("x") }
  }

  @Test
  func `A descriptor is closed once, by the last reference at the latest`() throws {
    var pair: (Socket, Socket)? = try Socket.socketPair()
    let far = try #require(pair?.1)
    pair = nil
    #expect(try far.readOnce().result == .endOfStream)
    let number = far.descriptor
    #expect(isClosedOnExec(number))
    far.close()
    #expect(far.descriptor == -1)
    far.close()
    let error = #expect(throws: SocketError.self) { try far.readOnce() }
    #expect(error?.code == .systemCall)
    #expect(error?.underlying == .badFileDescriptor)
    #expect(throws: SocketError(.systemCall, "")) { try far.shutdown() }
    #expect(throws: SocketError(.systemCall, "")) { try far.localAddress }
  }

  #if os(Linux)
    @Test
    func `Read data is confirmed at once on request`() throws {
      let listener = try ListeningSocket(SocketSpec("inet:0@127.0.0.1"))
      let client = try Socket.connect(
        to: SocketSpec(listener.localAddress.description), milliseconds: 10_000)
      let server = try listener.acceptNext()
      // After some exchanges, the kernel delays acknowledgments and sends them with the next data.
      try wait(for: "the connection to change") {
        try client.write("ping")
        #expect(try server.readOnce().text == "ping")
        try server.write("pong")
        #expect(try client.readOnce().text == "pong")
        return option(server.descriptor, Int32(IPPROTO_TCP), TCP_QUICKACK) == 0
      }
      try client.write("ping")
      #expect(try server.readOnce().text == "ping")
      try server.confirm()
      #expect(option(server.descriptor, Int32(IPPROTO_TCP), TCP_QUICKACK) == 1)
    }
  #endif

  @Test
  func `An option that does not apply to the socket is named`() throws {
    let (near, _) = try Socket.socketPair()
    let error = #expect(throws: SocketError.self) { try near.setNoDelay() }
    #expect(error?.message.hasPrefix("cannot set TCP_NODELAY: ") == true)
  }
}
