import MilterPlatform
import MilterProcessFixtures
import MilterSystem
import Testing

@Suite
struct SocketSpecResolvingTests {
  @Test(arguments: [
    ("inet:25", "inet:25@0.0.0.0", "inet:25@127.0.0.1"),
    ("inet6:25", "inet6:25@[::]", "inet6:25@[::1]"),
    ("inet:25@192.0.2.1", "inet:25@192.0.2.1", "inet:25@192.0.2.1"),
    ("inet6:[2001:db8::1]:25", "inet6:25@[2001:db8::1]", "inet6:25@[2001:db8::1]"),
    ("/run/s", "unix:/run/s", "unix:/run/s"),
  ])
  func `Without a host, a server listens on all interfaces and a client connects to this machine`(
    text: String, listening: String, connecting: String
  ) throws {
    let spec = try SocketSpec(text)
    #expect(try spec.resolve(for: .listening).map(\.description) == [listening])
    #expect(try spec.resolve(for: .connecting).map(\.description) == [connecting])
  }

  @Test
  func `A host name is looked up in the family of the scheme`() throws {
    let addresses = try SocketSpec("inet:25@localhost").resolve(for: .connecting)
    #expect(addresses.first?.description == "inet:25@127.0.0.1")
    #expect(addresses.allSatisfy { $0.family == .inet })
    #expect(Set(addresses).count == addresses.count)
  }

  @Test(.needs("/etc/services with the service smtp", if: getservbyname("smtp", "tcp") != nil))
  func `A service is looked up`() throws {
    #expect(try SocketSpec("inet:smtp@127.0.0.1").resolve(for: .listening).first?.port == 25)
  }

  @Test
  func `An unknown service is named`() throws {
    let spec = try SocketSpec("inet:nosuchservice@127.0.0.1")
    let error = #expect(throws: SocketError.self) { try spec.resolve(for: .listening) }
    #expect(error?.code == .lookupFailed)
    #expect(
      error?.message
        == "socket spec \"inet:nosuchservice@127.0.0.1\": the service \"nosuchservice\" is not "
        + "known here; write the number of the port")
  }

  @Test
  func `An unknown host is named`() throws {
    // A DNS label has at most 63 bytes, so the resolver rejects this name without a query.
    let host = String(repeating: "x", count: 64)
    let spec = try SocketSpec("inet:1@\(host)")
    let error = #expect(throws: SocketError.self) { try spec.resolve(for: .listening) }
    #expect(error?.code == .lookupFailed)
    #expect(
      error?.message.hasPrefix(
        "socket spec \"inet:1@\(host)\": the host \"\(host)\" has no IPv4 address: ") == true)
    #expect(error?.message.hasSuffix("; write a host that resolves, or its address") == true)
  }

  @Test
  func `An open file has no address`() throws {
    let spec = try SocketSpec("fd:3")
    #expect(throws: SocketError(.invalidSpec, "")) { try spec.resolve(for: .connecting) }
  }
}
