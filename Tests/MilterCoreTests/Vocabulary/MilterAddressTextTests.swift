import MilterRandomFixtures
import Testing

@testable import MilterCore

@Suite struct MilterAddressTextTests {
  @Test(
    arguments: [
      ("192.0.2.7", true), ("0.0.0.0", true), ("255.255.255.255", true), ("10.0.100.1", true),
      ("192.0.2", false), ("192.0.2.7.1", false), ("192.0.2.256", false), ("192.0.2.07", false),
      ("192.0.2.00", false), ("192.0.2.", false), (".192.0.2", false), ("192..0.2", false),
      ("192.0.2.7 ", false), ("0x7f.0.0.1", false), ("", false), ("1", false), ("...", false),
      ("192.0.2.7\0", false), ("4294967297.0.0.1", false), ("::1", false),
    ])
  func `An IPv4 address in its usual form is recognized`(text: String, isCanonical: Bool) {
    #expect((AddressBits.inet(text) != nil) == isCanonical)
  }

  @Test func `Reading and writing an address in its usual form changes nothing`() {
    var random = SplitMix64(seed: 4)
    var canonical = 0
    for _ in 0..<5000 {
      // Most addresses have four numbers. A few numbers have a leading zero or no digits.
      let count = Int.random(in: 0..<6, using: &random) == 0 ? 3 : 4
      let parts = (0..<count).map { _ in
        switch Int.random(in: 0..<12, using: &random) {
        case 0: ""
        case 1: "0\(Int.random(in: 0...9, using: &random))"
        default: "\(Int.random(in: 0...260, using: &random))"
        }
      }
      let text = parts.joined(separator: ".")
      let loose = CLibrary.looseInet(text)
      let general = loose.map { CLibrary.text(inet: $0) }
      if let bits = AddressBits.inet(text) {
        canonical += 1
        #expect(bits == loose)
        #expect(general == text)
      } else {
        #expect(general != text)
      }
    }
    #expect(canonical > 500)
  }
}
