import MilterCore
import Testing

struct MilterAddressNetworkTests {
  @Test(arguments: [
    ("192.0.2.77", 24, "192.0.2.0/24"), ("192.0.2.77", 32, "192.0.2.77/32"),
    ("192.0.255.77", 20, "192.0.240.0/20"), ("192.0.2.77", 0, "0.0.0.0/0"),
    ("192.0.2.77", 99, "192.0.2.77/32"), ("192.0.2.77", -1, "0.0.0.0/0"),
  ])
  func `An IPv4 address returns its network`(_ address: String, _ bits: Int, _ network: String) {
    #expect(MilterAddress.inet(address: address, port: 25).network(prefixLength: bits) == network)
  }

  @Test(arguments: [
    ("2001:db8:1:2:3:4:5:6", 64, "2001:db8:1:2::/64"), ("2001:db8::1", 128, "2001:db8::1/128"),
    ("2001:db8:ffff::1", 36, "2001:db8:f000::/36"), ("::1", 64, "::/64"),
    ("::ffff:192.0.2.77", 64, "192.0.2.0/24"), ("fe80::1", 200, "fe80::1/128"),
  ])
  func `An IPv6 address returns its network`(_ address: String, _ bits: Int, _ network: String) {
    #expect(
      MilterAddress.inet6(address: address, port: 25).network(ipv6PrefixLength: bits) == network)
  }

  @Test func `Text that is not an address has no network`() {
    #expect(MilterAddress.unix(path: "/s").network() == nil)
    #expect(MilterAddress.inet(address: "192.0.2", port: 0).network() == nil)
    #expect(MilterAddress.inet6(address: "", port: 0).network() == nil)
  }
}
