import MilterPlatform
import MilterSystem
import Testing

@Suite
struct SocketAddressTests {
  @Test
  func `An IPv4 address returns its parts`() throws {
    let address = try #require(SocketAddress("192.0.2.7", port: 8891))
    #expect(address.family == .inet)
    #expect(address.host == "192.0.2.7")
    #expect(address.port == 8891)
    #expect(address.path == nil)
    #expect(address.description == "inet:8891@192.0.2.7")
    address.withSockAddr { pointer, length in
      #expect(Int32(pointer.pointee.sa_family) == AF_INET)
      #expect(Int(length) == MemoryLayout<sockaddr_in>.size)
    }
  }

  @Test
  func `An IPv6 address returns its parts`() throws {
    let address = try #require(SocketAddress("2001:db8::7", port: 8891))
    #expect(address.family == .inet6)
    #expect(address.host == "2001:db8::7")
    #expect(address.port == 8891)
    #expect(address.description == "inet6:8891@[2001:db8::7]")
  }

  @Test
  func `A path is returned unchanged`() throws {
    let address = try SocketAddress(path: "/run/s")
    #expect(address.family == .unix)
    #expect(address.path == "/run/s")
    #expect(address.host == nil)
    #expect(address.port == nil)
    #expect(address.description == "unix:/run/s")
  }

  @Test(arguments: ["", "localhost", "1.2.3", "[::1]", "1.2.3.4 "])
  func `Text that is not an address is refused`(literal: String) {
    #expect(SocketAddress(literal, port: 1) == nil)
  }

  @Test(arguments: ["", "/run/\0s"])
  func `An invalid path is refused`(path: String) {
    #expect(throws: SocketError(.invalidSpec, "")) { try SocketAddress(path: path) }
  }

  @Test
  func `A copy is equal, a different port is not`() throws {
    let address = try #require(SocketAddress("127.0.0.1", port: 1))
    let copy = address.withSockAddr { SocketAddress(copying: $0, length: $1) }
    #expect(copy == address)
    #expect(copy.hashValue == address.hashValue)
    #expect(SocketAddress("127.0.0.1", port: 2) != address)
    #expect(SocketAddress("127.0.0.2", port: 1) != address)
  }

  @Test
  func `A socket without a path is described as such`() throws {
    let (socket, _) = try Socket.socketPair()
    let address = try socket.localAddress
    #expect(address.family == .unix)
    #expect(address.path == nil)
    #expect(address.description == "Unix-domain socket without a path")
  }
}
