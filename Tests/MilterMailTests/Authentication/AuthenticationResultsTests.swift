import MilterMail
import MilterRandomFixtures
import Testing

struct AuthenticationResultsTests {
  /// Returns a value as one line of text.
  private func outline(_ value: AuthenticationResults) -> String {
    let results = value.results.map { result in
      let properties = result.properties.map { " \($0.type).\($0.name)=\($0.value)" }.joined()
      return result.method + (result.version.map { "/\($0)" } ?? "") + "=\(result.result)"
        + (result.reason.map { " reason=\($0)" } ?? "") + properties
    }
    return ([value.server + (value.version.map { " \($0)" } ?? "")] + results).joined(
      separator: "; ")
  }

  @Test(arguments: [
    ("example.org 1; none", "example.org 1"),  // B.2
    (
      "example.com;\n          spf=pass smtp.mailfrom=example.net",  // B.3
      "example.com; spf=pass smtp.mailfrom=example.net"
    ),
    (
      "example.com;\n          auth=pass (cram-md5) smtp.auth=sender@example.net;\n"  // B.4
        + "          spf=pass smtp.mailfrom=example.net",
      "example.com; auth=pass smtp.auth=sender@example.net; spf=pass smtp.mailfrom=example.net"
    ),
    (
      "example.com; iprev=pass\n          policy.iprev=192.0.2.200",  // B.4
      "example.com; iprev=pass policy.iprev=192.0.2.200"
    ),
    (
      "example.com;\n          dkim=pass (good signature) header.d=example.com",  // B.5
      "example.com; dkim=pass header.d=example.com"
    ),
    (
      "example.com;\n          auth=pass (cram-md5) smtp.auth=sender@example.com;\n"  // B.5
        + "          spf=fail smtp.mailfrom=example.com",
      "example.com; auth=pass smtp.auth=sender@example.com; spf=fail smtp.mailfrom=example.com"
    ),
    (
      "example.com;\n      dkim=pass reason=\"good signature\"\n"  // B.6
        + "        header.i=@mail-router.example.net;\n      dkim=fail reason=\"bad signature\"\n"
        + "        header.i=@newyork.example.com",
      "example.com; dkim=pass reason=good signature header.i=@mail-router.example.net; "
        + "dkim=fail reason=bad signature header.i=@newyork.example.com"
    ),
    (
      "example.net;\n      dkim=pass (good signature) header.i=@newyork.example.com",  // B.6
      "example.net; dkim=pass header.i=@newyork.example.com"
    ),
    (
      "foo.example.net (foobar) 1 (baz);\n    dkim (Because I like it) / 1 (One yay) = (wait for it) "
        + "fail\n      policy (A dot can go here) . (like that) expired\n      (this surprised me) = "
        + "(as I wasn't expecting it) 1362471462",  // B.7
      "foo.example.net 1; dkim/1=fail policy.expired=1362471462"
    ),
    (
      "example.com;\n          foo=pass bar.baz=blob (2 of 3 tests OK)",
      "example.com; foo=pass bar.baz=blob"
    ),
  ])
  func `The examples of RFC 8601, appendix B and section 2.7.6`(_ value: String, _ expected: String)
    throws
  {
    let results = try AuthenticationResults(value)
    #expect(outline(results) == expected)
    #expect(try AuthenticationResults(results.encoded()) == results)
  }

  @Test(arguments: [
    (
      "mx.example; dmarc=pass action=none header.from=x.example;compauth=pass reason=100",
      "mx.example; dmarc=pass .action=none header.from=x.example; compauth=pass reason=100"
    ),
    (
      "mx.example; spf=pass smtp.mailfrom=\"a b\"@x.example;",
      "mx.example; spf=pass smtp.mailfrom=a b@x.example"
    ),
    ("\"mx.example\" ; none (not checked)", "mx.example"), ("mx.example", "mx.example"),
    (
      "mx.example; DKIM=Pass header.b=\"a/b=\"; ; x_y=none",
      "mx.example; dkim=pass header.b=a/b=; x_y=none"
    ),
    ("mx.example; none=pass", "mx.example; none=pass"),
    (
      "bücher.example; dkim=pass header.d=bücher.example",
      "bücher.example; dkim=pass header.d=bücher.example"
    ),
  ])
  func `Common deviations from the standard are read`(_ value: String, _ expected: String) throws {
    let results = try AuthenticationResults(value)
    #expect(outline(results) == expected)
    #expect(try AuthenticationResults(results.encoded()) == results)
  }

  @Test(arguments: [
    "", ";", "(open", "\"open", "a b", "a; =pass", "a; dkim", "a; dkim=", "a; dkim=pass x",
    "a; dkim=pass x=",
    "a; dkim=pass header.=x", "a; dkim/99999999999999999999=pass", "a; dkim=pass (x",
    "a; b=c d.e=\"f",
  ])
  func `Unreadable text is refused`(_ value: String) {
    #expect(throws: MailSyntaxError.self) { _ = try AuthenticationResults(value) }
  }

  @Test
  func `A result is looked up by its property's type and name`() throws {
    let results = try AuthenticationResults("a; dkim=pass header.d=x header.s=y Header.D=z")
    #expect(results.results[0]["HEADER", "d"] == "x")
    #expect(results.results[0]["header", "i"] == nil)
  }

  @Test
  func `A field is written with one line for each result, within the limit`() throws {
    let results = AuthenticationResults(
      server: "mx.example.org",
      [
        AuthenticationResult(
          "dkim", "fail", reason: "bad \"signature\"",
          [
            .init("header", "d", String(repeating: "long.", count: 8) + "example"),
            .init("header", "b", "a/b+c="),
          ]),
        AuthenticationResult("spf", "pass", [.init("smtp", "mailfrom", "a@example.net")]),
      ])
    #expect(
      try results.encoded() == """
        mx.example.org;
         dkim=fail reason="bad \\"signature\\""
         header.d=long.long.long.long.long.long.long.long.example header.b="a/b+c=";
         spf=pass smtp.mailfrom=a@example.net
        """)
    #expect(try AuthenticationResults(results.encoded()) == results)
    #expect(try AuthenticationResults(server: "a").encoded() == "a; none")
    for value in ["x\r\nBcc: y", "\u{0}", "a\u{85}b"] {
      #expect(throws: MailSyntaxError.self, "\(value)") {
        try AuthenticationResults(server: value).encoded()
      }
      for result in [
        AuthenticationResult(value, "pass"), .init("spf", value),
        .init("spf", "pass", reason: value),
        .init("spf", "pass", [.init(value, "a", "b")]),
        .init("spf", "pass", [.init("a", value, "b")]),
        .init("spf", "pass", [.init("a", "b", value)]), .init("", "pass"),
      ] {
        #expect(throws: MailSyntaxError.self, "\(value)") {
          try AuthenticationResults(server: "a", [result]).encoded()
        }
      }
    }
  }

  @Test
  func `Fields that claim to come from the server itself are found, the last one first`() {
    var headers = MailHeaders()
    let own = [
      "mx.example.org; dkim=pass", "MX.Example.ORG.; none", "\"mx.example.org\"; none",
      "(x) mx.example.org(y) 1; none", "mx.example.org/1; none", "\n mx.example.org\n ; none",
      "xn--bcher-kva.example; none", "BÜCHER.example; none", "mx.example.org garbage",
      // Malformed values also count: another program may read the server's name in them.
      "", "(open mx.example.org; none", "; mx.example.org", "\"mx.example.org; none",
    ]
    let others = ["example.org; dkim=pass", "mx.example.org.evil; none", "xmx.example.org; none"]
    for value in [others[0]] + own + others { headers.append("authentication-results", value) }
    headers.append("ARC-Authentication-Results", "i=1; mx.example.org; none")
    #expect(
      AuthenticationResults.forgeries(in: headers, of: ["mx.example.org", "bücher.example"])
        == Array((2...own.count + 1).reversed()))
    #expect(AuthenticationResults.forgeries(in: MailHeaders(), of: ["a"]) == [])
  }

  @Test
  func `No bytes trap, and what is written is read as the same value`() throws {
    var random = SplitMix64(seed: 8601)
    let words = [
      "a", "dkim", "=", "pass", ";", ".", "/", "1", " ", "(", ")", "\"", "\\", "\r\n ", "@", "none",
      "reason", "ü", "header", "\u{0}",
    ]
    var read = 0
    for _ in 1...20_000 {
      let text = "a; dkim=pass" + (0..<8).map { _ in random.pick(words) }.joined()
      guard let results = try? AuthenticationResults(text) else { continue }
      read += 1
      guard let written = try? results.encoded() else { continue }
      #expect(try AuthenticationResults(written) == results)
    }
    #expect(read > 100)
  }
}
