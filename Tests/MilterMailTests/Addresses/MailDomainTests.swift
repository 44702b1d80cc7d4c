import MilterMail
import Testing

struct MailDomainTests {
  @Test(arguments: [
    ("Example.ORG", "example.org"), ("example.org.", "example.org"),
    ("müller.example", "xn--mller-kva.example"), ("MÜLLER.example", "XN--MLLER-KVA.EXAMPLE"),
    ("mu\u{308}ller.example", "m\u{FC}ller.example"),
    ("mu\u{308}ller.example", "xn--mller-kva.example"),
    ("bücher。example", "bücher.example"),
    ("παράδειγμα.δοκιμή", "xn--hxajbheg2az3al.xn--jxalpdlp"),
    ("ПРИМЕР.example", "xn--e1afmkfd.example"), ("straße.example", "xn--strae-oqa.example"),
    ("STRAẞE.example", "xn--strae-oqa.example"), ("[IPv6:2001:DB8::1]", "[ipv6:2001:db8::1]"),
  ])
  func `Spellings of one domain are equal, and hash alike`(_ one: String, _ other: String) {
    #expect(MailDomain(one) == MailDomain(other))
    #expect(MailDomain(one).hashValue == MailDomain(other).hashValue)
    #expect(MailDomain(one).isIn(MailDomain(other)))
    let addresses = [one, other].map { MailAddress(localPart: "a", domain: $0) }
    #expect(addresses[0] == addresses[1])
    #expect(Set(addresses).count == 1)
  }

  @Test(arguments: [
    ("müller.example", "muller.example"), ("xn--mller-kva.example", "mller-kva.example"),
    ("strasse.example", "straße.example"), ("xn--abc-.example", "abc.example"),
    // An A-label never encodes a capital letter; this one encodes "bÜcher".
    ("xn--bcher-hva.example", "bücher.example"), ("xn--99999999.example", "xn--9999999.example"),
    ("[192.0.2.1]", "192.0.2.1"), ("a..example", "a.example"),
    ("s\u{200B}.example", "s.example"),
  ])
  func `Other domains are not`(_ one: String, _ other: String) {
    #expect(MailDomain(one) != MailDomain(other))
  }

  @Test func `Domains lie below others`() {
    let domain = MailDomain("news.BÜCHER.example")
    for parent in ["xn--bcher-kva.example", "example", "news.bücher.example."] {
      #expect(domain.isIn(MailDomain(parent)))
    }
    for parent in ["cher.example", "ws.bücher.example", "a.news.bücher.example", "", "."] {
      #expect(!domain.isIn(MailDomain(parent)))
    }
    #expect(!MailDomain("[192.0.2.1]").isIn(MailDomain("1]")))
    #expect(!MailDomain("a.[192.0.2.1]").isIn(MailDomain("[192.0.2.1]")))
    #expect(MailAddress(localPart: "a", domain: "x.bücher.example").isIn("XN--bcher-kva.example"))
  }

  @Test
  func `A domain that is not UTF-8 is not a domain, because two of them would look the same`() {
    for byte: UInt8 in [0xFC, 0xFD] {
      let bytes = Array("a@b".utf8) + [byte] + Array("cher.example".utf8)
      #expect(MailAddress(bytes) == nil, "\(byte)")
      #expect("\(byte)") { _ = try MailAddressList(bytes) } throws: {
        "\($0)" == "an unexpected character instead of a domain in UTF-8 at byte 2"
      }
    }
  }
}
