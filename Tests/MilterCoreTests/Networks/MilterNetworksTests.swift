import MilterCore
import MilterRandomFixtures
import Testing

struct MilterNetworksTests {
  static func address(_ text: String) -> MilterAddress {
    text.contains(":") ? .inet6(address: text, port: 0) : .inet(address: text, port: 0)
  }

  @Test(
    arguments: [
      ("192.0.2.0/24", "192.0.2.0", true), ("192.0.2.0/24", "192.0.2.255", true),
      ("192.0.2.0/24", "192.0.3.0", false), ("192.0.2.0/24", "192.0.1.255", false),
      ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.6", false),
      ("0.0.0.0/0", "255.255.255.255", true), ("0.0.0.0/0", "2001:db8::1", false),
      ("2001:db8::/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true),
      ("2001:db8::/32", "2001:db9::", false), ("[2001:db8::]/32", "2001:db8::1", true),
      ("[2001:db8::1]", "2001:db8::1", true), ("IPv6:2001:db8::1", "2001:db8::1", true),
      ("::/0", "2001:db8::1", true), ("::/0", "192.0.2.7", false),
      ("::/0", "::ffff:192.0.2.7", false),
      ("192.0.2.0/24", "::ffff:192.0.2.7", true), ("::ffff:192.0.2.0/120", "192.0.2.7", true),
      ("::ffff:192.0.2.0/120", "192.0.3.7", false), ("::ffff:192.0.2.7", "192.0.2.7", true),
      ("localhost", "127.0.0.1", true), ("localhost", "127.255.0.1", true),
      ("LocalHost", "::1", true), ("localhost", "::2", false), ("localhost", "128.0.0.1", false),
      ("private", "10.1.2.3", true), ("private", "172.31.0.1", true),
      ("private", "172.32.0.1", false), ("private", "192.168.7.7", true),
      ("private", "fd12::1", true), ("private", "fe80::1", false),
      ("", "192.0.2.7", false), (" , \n# 192.0.2.7\n", "192.0.2.7", false),
      ("198.51.100.1,192.0.2.7", "192.0.2.7", true), ("a-host# no\n", "192.0.2.7", nil),
      ("198.51.100.1 # office\r\n192.0.2.7\r\n", "192.0.2.7", true),
    ] as [(String, String, Bool?)])
  func `A list contains the addresses of its entries`(
    _ list: String, _ address: String, _ expected: Bool?
  ) {
    #expect((try? MilterNetworks(list))?.contains(Self.address(address)) == expected)
  }

  @Test(
    arguments: [
      ("example.org", 1, .notAnAddress), ("127.1", 1, .notAnAddress), ("/24", 1, .notAnAddress),
      ("[192.0.2.7", 1, .notAnAddress), ("fe80::1%eth0", 1, .notAnAddress),
      ("localhost\n192.0.2.0/33", 2, .prefixLength(0...32)),
      ("192.0.2.0/", 1, .prefixLength(0...32)), ("192.0.2.0/+8", 1, .prefixLength(0...32)),
      ("192.0.2.0/255.255.255.0", 1, .prefixLength(0...32)),
      ("192.0.2.0/99999999999999999999", 1, .prefixLength(0...32)),
      ("2001:db8::/129", 1, .prefixLength(0...128)),
      ("::ffff:192.0.2.0/24", 1, .prefixLength(96...128)),
      ("localhost,\r\n\r\n192.0.2.7/24", 3, .hostBits("192.0.2.0/24")),
      ("2001:db8::1/32", 1, .hostBits("2001:db8::/32")), ("0.0.0.1/0", 1, .hostBits("0.0.0.0/0")),
    ] as [(String, Int, InvalidNetwork.Reason)])
  func `An entry that cannot be read is named with its line`(
    _ list: String, _ line: Int, _ reason: InvalidNetwork.Reason
  ) throws {
    let error = try #require(throws: InvalidNetwork.self) { try MilterNetworks(list) }
    #expect(error.line == line)
    #expect(error.reason == reason)
    #expect(error.description.hasPrefix("line \(line): \(error.entry): "))
  }

  @Test func `Unknown and unix-domain clients are in no network`() throws {
    let everyone = try MilterNetworks("0.0.0.0/0, ::/0")
    #expect(!everyone.contains(nil))
    #expect(!everyone.contains(.unix(path: "/run/x")))
    #expect(!everyone.contains(.inet(address: "no address", port: 25)))
  }

  @Test func `Lists that contain the same addresses are equal`() throws {
    let whole = try MilterNetworks("192.0.2.0/24, 2001:db8::/32")
    #expect(try MilterNetworks("2001:db8::/32 192.0.2.128/25 192.0.2.0/25 192.0.2.9") == whole)
    #expect(try MilterNetworks("192.0.2.0/24").union(MilterNetworks("2001:db8::/32")) == whole)
    #expect(MilterNetworks().isEmpty && !whole.isEmpty)
  }

  @Test func `A long list gives the same results as a search of every entry`() throws {
    var random = SplitMix64(seed: 7)
    var networks: [(base: UInt32, length: Int)] = []
    for _ in 0..<2_000 {
      let length = Int.random(in: 12...32, using: &random)
      let base = UInt32.random(in: 0...0x0FFF_FFFF, using: &random) & ~(UInt32.max >> length)
      networks.append((base, length))
    }
    func text(_ bits: UInt32) -> String {
      [24, 16, 8, 0].map { String(bits >> UInt32($0) & 0xFF) }.joined(separator: ".")
    }
    let list = try MilterNetworks(
      networks.map { "\(text($0.base))/\($0.length)" }.joined(separator: "\n"))
    var hits = 0
    for _ in 0..<4_000 {
      let bits = UInt32.random(in: 0...0x0FFF_FFFF, using: &random)
      let expected = networks.contains { bits & ~(UInt32.max >> $0.length) == $0.base }
      hits += expected ? 1 : 0
      #expect(list.contains(.inet(address: text(bits), port: 0)) == expected)
    }
    #expect(hits > 100 && hits < 3_900)
  }
}
