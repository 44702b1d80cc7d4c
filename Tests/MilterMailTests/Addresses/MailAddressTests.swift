import MilterMail
import Testing

struct MailAddressTests {
  @Test(arguments: [
    ("<user@example.org>", "user@example.org"), ("user@example.org", "user@example.org"),
    ("<@a.example,@b.example:user@c.example>", "user@c.example"),
    (#"<"a b"@c.example>"#, #""a b"@c.example"#), ("<user@[192.0.2.1]>", "user@[192.0.2.1]"),
  ])
  func `The address in a path is read`(_ path: String, _ address: String) {
    #expect(MailAddress(path)?.description == address)
  }

  @Test(arguments: [
    "<>", "", "postmaster", "<postmaster>", "<a@b", "a@b>", "<a@b> <c@d>", "a@b, c@d",
  ])
  func `Text without an address`(_ path: String) {
    #expect(MailAddress(path) == nil)
  }

  @Test func `Domains are the same in any case`() {
    let address = MailAddress(localPart: "a", domain: "Example.ORG")
    #expect(address == MailAddress(localPart: "a", domain: "example.org"))
    #expect(address.hashValue == MailAddress(localPart: "a", domain: "example.org").hashValue)
    #expect(address != MailAddress(localPart: "A", domain: "Example.ORG"))
  }

  @Test func `Domains lie below others`() {
    let address = MailAddress(localPart: "a", domain: "News.Example.org")
    #expect(address.isIn("example.ORG"))
    #expect(address.isIn("news.example.org"))
    #expect(!address.isIn("ws.example.org"))
    #expect(!address.isIn("old.news.example.org"))
  }
}
