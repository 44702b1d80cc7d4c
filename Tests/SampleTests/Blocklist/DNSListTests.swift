import MilterKit
import Testing

@testable import milter_sample_blocklist

/// The names in queries, the codes, and the meanings of answers.
@Suite struct DNSListTests {
  @Test(
    arguments: [
      (.inet(address: "192.0.2.7", port: 25), "7.2.0.192"),
      (.inet6(address: "::ffff:192.0.2.7", port: 25), "7.2.0.192"),
      (
        .inet6(address: "2001:db8::1:25", port: 0),
        "5.2.0.0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
      ),
      (.inet(address: "unknown", port: 0), nil), (.unix(path: "/run/smtp"), nil),
    ] as [(MilterAddress, String?)])
  func `A client's address is reversed as in RFC 5782`(
    _ address: MilterAddress, _ labels: String?
  ) {
    #expect(ReversedAddress(address)?.labels == labels)
  }

  @Test(
    arguments: [
      ("127.0.0.2", [2], [3, 20]), ("127.0.0.[2..11]", [2, 7, 11], [1, 12]),
      ("127.0.0.[2;4..5]", [2, 4, 5], [3, 6]), ("127.[0..1].0.[0..255]", [0, 255], []),
    ] as [(String, [UInt8], [UInt8])])
  func `A pattern matches the same codes as in Postfix`(
    _ text: String, _ fitting: [UInt8], _ others: [UInt8]
  ) throws {
    let pattern = try #require(CodePattern(text))
    for number in fitting { #expect(pattern.matches(InetAddress(127, 0, 0, number))) }
    for number in others { #expect(!pattern.matches(InetAddress(127, 0, 0, number))) }
    #expect(!pattern.matches(InetAddress(127, 0, 1, 2)))
    #expect(!pattern.matches(InetAddress(10, 0, 0, 2)))
  }

  @Test(arguments: [
    "", "127", "127.0.0", "127.0.0.", "127.0.0.256", "127.0.0.-1", "127.0.0.2.3", "127.0.0.[",
    "127.0.0.[]", "127.0.0.[2..]", "127.0.0.[..2]", "127.0.0.[3..2]", "127.0.0.[2,3]",
    "127.0.0.[2]x", "127.0.0.[2..3..4]", "127.0.0.x", " 127.0.0.2", "١٢٧.0.0.2",
  ])
  func `A text that is not a valid pattern is refused`(_ text: String) {
    #expect(CodePattern(text) == nil)
  }

  @Test func `Lists are read with their codes`() throws {
    let lists = try DNSList.lists("Zen.Example.Org=127.0.0.[2..3],bl.example.net.")
    #expect(lists.map(\.zone) == ["zen.example.org", "bl.example.net"])
    #expect(lists.map(\.pattern) == [CodePattern("127.0.0.[2..3]"), nil])
  }

  @Test(arguments: [
    ("", "--lists :  is not"), ("a.example,", "--lists :  is not"),
    ("nodots", "nodots is not the domain"), ("a..b", "a..b is not the domain"),
    ("a.example=x", "--lists a.example=x: write codes as 127.0.0.[2..11;14]"),
    ("a b.example", "a b.example is not the domain"),
    (String(repeating: "long.", count: 40) + "example", "is not the domain"),
  ])
  func `A mistake in a list is reported`(_ text: String, _ message: String) throws {
    let error = #expect(throws: MilterUsageError.self) { try DNSList.lists(text) }
    #expect(error?.description.contains(message) ?? false, "\(error?.description ?? "")")
  }

  @Test func `The codes of answers are interpreted`() throws {
    let all = try DNSList("bl.example")
    let some = try DNSList("bl.example=127.0.0.[2..3]")
    func meanings(_ codes: InetAddress...) -> [DNSList.Meaning] {
      [all, some].map { $0.meaning(of: LookupAnswer(addresses: codes)) }
    }
    let two = InetAddress(127, 0, 0, 2)
    let ten = InetAddress(127, 0, 0, 10)
    #expect(meanings() == [.notListed, .notListed])
    #expect(meanings(ten) == [.listed(ten), .notListed])
    #expect(meanings(ten, two) == [.listed(ten), .listed(two)])
    // 127.255.255.254 means that the list refuses to serve. 192.0.2.1 is no answer of a block list.
    for foreign in [InetAddress(127, 255, 255, 254), InetAddress(192, 0, 2, 1)] {
      for meaning in meanings(two, foreign) {
        guard case .unusable(let reason) = meaning else {
          Issue.record("\(meaning)")
          continue
        }
        #expect(reason.hasPrefix("answers \(foreign)"), "\(foreign)")
      }
    }
  }

  @Test(
    arguments: [
      ("127.0.0.1", "127.0.0.1", 53), ("192.0.2.1:5353", "192.0.2.1", 5353),
      ("localhost", nil, 0), ("127.0.0.1:", nil, 0), ("127.0.0.1:0", nil, 0),
      ("127.0.0.1:65536", nil, 0), ("::1", nil, 0), ("", nil, 0),
    ] as [(String, String?, UInt16)])
  func `A DNS server has an IPv4 address and may have a port`(
    _ text: String, _ address: String?, _ port: UInt16
  ) throws {
    guard let address else {
      #expect(throws: MilterUsageError.self) { try DNSServer(text) }
      return
    }
    let server = try DNSServer(text)
    #expect(server.address == address && server.port == port)
  }
}
