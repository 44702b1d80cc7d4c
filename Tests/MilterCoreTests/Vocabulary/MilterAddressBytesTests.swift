import MilterCore
import Testing

@Suite struct MilterAddressBytesTests {
  @Test(
    arguments: [
      (.inet(address: "192.0.2.7", port: 25), [192, 0, 2, 7]),
      (.inet6(address: "::ffff:192.0.2.7", port: 25), [192, 0, 2, 7]),
      (
        .inet6(address: "2001:db8::1:2ff", port: 0),
        [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0xff]
      ),
      (.inet6(address: "::1", port: 0), [UInt8](repeating: 0, count: 15) + [1]),
      (.inet(address: "192.0.2", port: 0), nil),
      (.inet6(address: "fe80::1%eth0", port: 0), nil),
      (.unix(path: "192.0.2.7"), nil),
    ] as [(MilterAddress, [UInt8]?)])
  func `An address has its bytes in network order`(address: MilterAddress, bytes: [UInt8]?) {
    #expect(address.bytes == bytes)
  }
}
