import MilterMail
import Testing

struct MIMEContentTypeTests {
  @Test(arguments: [
    "text/plain; charset=us-ascii (Plain text)", "text/plain; charset=\"us-ascii\"",
  ])
  func `The examples of RFC 2045, 5.1, mean the same`(value: String) throws {
    let type = try #require(MIMEContentType(value))
    #expect(type.is("text", "plain"))
    #expect(type.parameters.all == ["charset": "us-ascii"])
    #expect(type.charset == .usASCII)
  }

  @Test(arguments: [
    // RFC 2231, 3
    (
      """
      message/external-body; access-type=URL;
         URL*0="ftp://";
         URL*1="cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar"
      """,
      ["access-type": "URL", "url": "ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar"]
    ),
    // RFC 2231, 4
    (
      "application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
      ["title": "This is ***fun***"]
    ),
    // RFC 2231, 4.1
    (
      """
      application/x-stuff;
        title*0*=us-ascii'en'This%20is%20even%20more%20;
        title*1*=%2A%2A%2Afun%2A%2A%2A%20;
        title*2="isn't it!"
      """,
      ["title": "This is even more ***fun*** isn't it!"]
    ),
    ("a/b; name*=iso-8859-1''%e4; name=ae", ["name": "ä"]),
    ("a/b; name*=x-none''%e4; name=ae", ["name": "ae"]),
    ("a/b; name*1=b; name*0=a; name*3=d", ["name": "ab"]),
    ("a/b; name*=broken; x=1", ["x": "1"]),
    ("a/b; boundary=foo/bar=baz; x", ["boundary": "foo/bar=baz"]),
    (#"a/b; boundary="a;b\"c" ; x=1"#, ["boundary": "a;b\"c", "x": "1"]),
    ("a/b; x=1; X=2", ["x": "1"]), ("a/b;;; =1; x=; y", ["x": ""]),
    ("a/b; x=\"open", [:]), ("a/b; (;y=1) x=1", ["x": "1"]),
    ("a/b; x=(c)1;y*=''%", ["x": "1", "y": "%"]),
  ])
  func `Parameters are read`(_ value: String, _ expected: [String: String]) throws {
    #expect(try #require(MIMEContentType(value)).parameters.all == expected)
  }

  @Test(arguments: ["", "text", "text/", "/plain", "text plain", "(text/plain", "a/b/c"])
  func `Types may be missing`(_ value: String) {
    // "a/b/c" has a type and a subtype, and the rest is ignored.
    #expect((MIMEContentType(value) == nil) == (value != "a/b/c"))
  }

  @Test func `Types are read in any case with comments`() throws {
    let type = try #require(MIMEContentType("(a) Text (b) / (c) HTML ; Charset = Latin1"))
    #expect(type.is("text", "html"))
    #expect(type.charset == MailCharset(named: "iso-8859-1"))
    #expect(MIMEContentType("text/plain; charset=nonsense")?.charset == nil)
  }

  @Test(arguments: [
    ("7bit", MIMETransferEncoding.sevenBit), (" Base64 (x)", .base64), ("8BIT", .eightBit),
    ("quoted-printable;", .quotedPrintable), ("binary", .binary),
    ("X-UUEncode", .other("x-uuencode")),
    ("", .other("")),
  ])
  func `Transfer encodings are read`(_ value: String, _ encoding: MIMETransferEncoding) {
    #expect(MIMETransferEncoding(value) == encoding)
  }

  @Test func `Each encoding contains what fits`() {
    let line = [UInt8](repeating: 0x78, count: 998) + [13, 10]
    #expect(MIMETransferEncoding.sevenBit.encode(line) == line)
    #expect(MIMETransferEncoding.sevenBit.encode([0x78] + line) == nil)
    #expect(MIMETransferEncoding.sevenBit.encode([0x80]) == nil)
    #expect(MIMETransferEncoding.eightBit.encode([0x80]) == [0x80])
    #expect(MIMETransferEncoding.eightBit.encode([0]) == nil)
    #expect(MIMETransferEncoding.binary.encode([0]) == [0])
    #expect(MIMETransferEncoding.other("x").encode([1]) == nil)
    #expect(MIMETransferEncoding.other("x").decode([1]) == nil)
  }
}
