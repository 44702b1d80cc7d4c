import MilterSystem
import Testing

@Suite
struct SocketSpecTests {
  @Test(arguments: [
    ("inet:8891@127.0.0.1", "inet:8891@127.0.0.1"),
    ("INET:8891@127.0.0.1", "inet:8891@127.0.0.1"),
    ("inet:8891@[127.0.0.1]", "inet:8891@127.0.0.1"),
    ("inet:8891@localhost", "inet:8891@localhost"),
    ("inet:08891@mx-1.example.org", "inet:8891@mx-1.example.org"),
    ("inet:0@127.0.0.1", "inet:0@127.0.0.1"),
    ("inet:65535@127.0.0.1", "inet:65535@127.0.0.1"),
    ("inet:smtp@127.0.0.1", "inet:smtp@127.0.0.1"),
    ("inet:8891", "inet:8891"),
    ("inet:smtp", "inet:smtp"),
    ("inet6:8891", "inet6:8891"),
    ("Inet6:8891@::1", "inet6:8891@[::1]"),
    ("inet6:8891@[::1]", "inet6:8891@[::1]"),
    ("inet6:8891@[0:0::0:1]", "inet6:8891@[::1]"),
    ("inet6:8891@[fe80::1%eth0]", "inet6:8891@[fe80::1%eth0]"),
    ("inet6:8891@localhost", "inet6:8891@localhost"),
    ("inet:127.0.0.1:8891", "inet:8891@127.0.0.1"),
    ("inet:localhost:8891", "inet:8891@localhost"),
    ("inet:localhost:smtp", "inet:smtp@localhost"),
    ("inet:[127.0.0.1]:8891", "inet:8891@127.0.0.1"),
    ("inet:[::1]:8891", "inet6:8891@[::1]"),
    ("inet6:[::1]:8891", "inet6:8891@[::1]"),
    ("inet6:localhost:8891", "inet6:8891@localhost"),
    ("unix:/run/filter.sock", "unix:/run/filter.sock"),
    ("Local:/run/filter.sock", "unix:/run/filter.sock"),
    (":/run/filter.sock", "unix:/run/filter.sock"),
    ("/run/filter.sock", "unix:/run/filter.sock"),
    ("/run/a:b@c", "unix:/run/a:b@c"),
    ("./a:b", "unix:./a:b"),
    ("filter.sock", "unix:filter.sock"),
    ("unix:8891@127.0.0.1", "unix:8891@127.0.0.1"),
    ("./8891", "unix:./8891"),
    ("unix:inet:1", "unix:inet:1"),
    ("unix:/run/a b", "unix:/run/a b"),
    ("fd:3", "fd:3"),
    ("FD:0", "fd:0"),
  ])
  func `Fields of libmilter and Postfix are read, and written back in libmilter's notation`(
    text: String, canonical: String
  ) throws {
    let spec = try SocketSpec(text)
    #expect(spec.description == canonical)
    #expect(try SocketSpec(canonical) == spec)
  }

  @Test(arguments: [
    ("", "it is empty; write inet:PORT@HOST, inet6:PORT@HOST, unix:/PATH or fd:N"),
    ("unix:", "the path is missing; write unix:/PATH, for example unix:/run/filter.sock"),
    ("8891@127.0.0.1", "the scheme is missing; write inet:8891@127.0.0.1"),
    ("8891@localhost", "the scheme is missing; write inet:8891@localhost"),
    ("8891@::1", "the scheme is missing; write inet6:8891@[::1]"),
    ("8891@[::1]", "the scheme is missing; write inet6:8891@[::1]"),
    ("8891", "the scheme is missing; write inet:8891@127.0.0.1"),
    ("127.0.0.1:8891", "the scheme is missing; write inet:8891@127.0.0.1"),
    ("localhost:8891", "the scheme is missing; write inet:8891@localhost"),
    ("[::1]:8891", "the scheme is missing; write inet6:8891@[::1]"),
    (":", "the path is missing; write unix:/PATH, for example unix:/run/filter.sock"),
    (
      "inet:8891xyz@127.0.0.1",
      "\"8891xyz\" is not a port; write a number up to 65535 or the name of a service, as in "
        + "inet:8891@127.0.0.1"
    ),
    (
      "inet6:-1@::1",
      "\"-1\" is not a port; write a number up to 65535 or the name of a service, as in "
        + "inet6:8891@[::1]"
    ),
    (
      "inet:+1@127.0.0.1",
      "\"+1\" is not a port; write a number up to 65535 or the name of a service, as in "
        + "inet:8891@127.0.0.1"
    ),
    ("inet:65536@127.0.0.1", "the port 65536 is too large; the largest is 65535"),
    (
      "inet:99999999999999999999",
      "the port 99999999999999999999 is too large; the largest is 65535"
    ),
    (
      "inet:@127.0.0.1",
      "the port is missing; write inet:PORT@HOST, for example inet:8891@127.0.0.1"
    ),
    ("inet:", "the port is missing; write inet:PORT@HOST, for example inet:8891@127.0.0.1"),
    ("inet6:", "the port is missing; write inet6:PORT@HOST, for example inet6:8891@[::1]"),
    (
      "inet:localhost:",
      "the port is missing; write inet:PORT@HOST, for example inet:8891@127.0.0.1"
    ),
    ("inet:[::1]", "the port is missing; write inet:PORT@HOST, for example inet:8891@127.0.0.1"),
    (
      "inet:8891@",
      "the host after @ is missing; write inet:8891 for all interfaces, or inet:PORT@HOST, for "
        + "example inet:8891@127.0.0.1"
    ),
    ("inet::8891", "the host is missing; write inet:8891 for all interfaces"),
    ("inet:8891@[127.0.0.1", "the bracket is not closed; write [ADDRESS]"),
    ("inet6:[::1:8891", "the bracket is not closed; write [ADDRESS]"),
    ("inet6:8891@[::1]x", "\"x\" follows the bracket; remove it"),
    ("inet6:[::1]8891", "\"8891\" follows the bracket; write [ADDRESS]:PORT"),
    ("inet:8891@[::1]", "\"::1\" is an IPv6 address; write inet6:8891@[::1]"),
    ("inet:8891@::1", "\"::1\" is an IPv6 address; write inet6:8891@[::1]"),
    ("inet6:8891@127.0.0.1", "\"127.0.0.1\" is an IPv4 address; write inet:8891@127.0.0.1"),
    (
      "inet6:8891@[localhost]",
      "\"localhost\" is not an IPv6 address; write inet6:PORT@HOST, for example inet6:8891@[::1]"
    ),
    (
      "inet6:8891@[fe80::1%]",
      "\"fe80::1%\" is not an IPv6 address; write inet6:PORT@HOST, for example inet6:8891@[::1]"
    ),
    (
      "inet6:::1:8891",
      "an IPv6 address before a port needs brackets; write inet6:[ADDRESS]:PORT"
    ),
    (
      "inet:8891:smtp",
      "\"8891\" is not an IPv4 address; write inet:PORT@HOST, for example inet:8891@127.0.0.1"
    ),
    (
      "inet:8891@300.0.0.1",
      "\"300.0.0.1\" is not an IPv4 address; write inet:PORT@HOST, for example "
        + "inet:8891@127.0.0.1"
    ),
    (
      "inet:8891@a@b",
      "\"a@b\" is not the name of a host; write inet:PORT@HOST, for example inet:8891@127.0.0.1"
    ),
    (
      "bogus:1",
      "there is no scheme \"bogus\"; write inet:PORT@HOST, inet6:PORT@HOST, unix:/PATH or fd:N"
    ),
    ("inet:8891@127.0.0.1 ", "it ends with a space; remove it"),
    ("unix:/run/s\n", "it ends with a space; remove it"),
    (" unix:/run/s", "it begins with a space; remove it"),
    ("unix:/run/\0s", "the path has a NUL byte; a path cannot have one"),
    ("fd:", "\"\" is not a descriptor; write fd:N, for example fd:3"),
    ("fd:-1", "\"-1\" is not a descriptor; write fd:N, for example fd:3"),
    ("fd:3x", "\"3x\" is not a descriptor; write fd:N, for example fd:3"),
    ("fd:2147483648", "\"2147483648\" is not a descriptor; write fd:N, for example fd:3"),
  ])
  func `An invalid line is refused with the part that is wrong and a correction`(
    text: String, reason: String
  ) {
    let error = #expect(throws: SocketError.self) { try SocketSpec(text) }
    #expect(error?.code == .invalidSpec)
    #expect(error?.message == "socket spec \(String(reflecting: text)): \(reason)")
    #expect(error?.underlying == nil)
  }

  @Test
  func `A path may have the maximum length of the system, and not a byte more`() throws {
    let limit = SocketAddress.maximumPathLength
    let longest = "/" + String(repeating: "é", count: (limit - 1) / 2)
    let path = longest + String(repeating: "x", count: limit - longest.utf8.count)
    #expect(try SocketSpec("unix:\(path)").target == .unix(path: path))
    #expect(try SocketAddress(path: path).path == path)
    let error = #expect(throws: SocketError.self) { try SocketSpec("unix:\(path)x") }
    #expect(
      error?.message
        == "socket spec \"unix:\(path)x\": the path has \(limit + 1) bytes; the path of a socket "
        + "has at most \(limit)")
    #expect(throws: SocketError(.invalidSpec, "")) { try SocketAddress(path: path + "x") }
  }

  @Test
  func `Specifications that mean the same are equal, others are not`() throws {
    #expect(try SocketSpec("inet6:1@::1") == SocketSpec("inet:[0::1]:1"))
    #expect(try SocketSpec("inet:1") != SocketSpec("inet6:1"))
    #expect(try SocketSpec("inet:1") != SocketSpec("inet:1@0.0.0.0"))
  }
}
