import MilterCore

extension Session {
  static let connectionSessions: [Session] = [
    Session(
      "a message",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>", "SIZE=10"), .rcpt("<c@d.example>")]),
      .tell([.header("Subject", "hello")]),
      .ask([.body("hi\r\n")]),
      .tell([.macro("E", "i", "4XYZ")]),
      .ask([.end]),
      .tell([.quit]),
      replies: #"""
        (agreed)
        ccccc
        m\x00\x00\x00\x01Subject\x00[EXT] hello\x00
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=4XYZ\x00
        c
        """#),
    Session(
      "a health check",
      replies: ""),
    Session(
      "an offer and no more",
      .ask([.offer]),
      replies: "(agreed)"),
    Session(
      "a client and no more",
      .ask([.offer, .outside, .helo("client")]),
      .tell([.quit]),
      replies: """
        (agreed)
        cc
        """),
    Session(
      "our own name in HELO, then another",
      .ask([.offer, .outside, .helo("mail.example.com"), .helo("other")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      replies: #"""
        (agreed)
        c
        y550 5.7.1 That is my name, not yours\x00
        ccc
        hX-Doorman\x00helo=other from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=-\x00
        c
        """#),
    Session(
      "our other name in another case",
      .ask([.offer, .outside, .helo("mx.EXAMPLE.com")]),
      replies: #"""
        (agreed)
        c
        y550 5.7.1 That is my name, not yours\x00
        """#),
    Session(
      "a longer name than ours",
      .ask([.offer, .outside, .helo("mail.example.com.")]),
      replies: """
        (agreed)
        cc
        """),
    Session(
      "a client on this host",
      .ask([.offer, .client("127.0.0.2")]),
      .tell([.quit]),
      replies: """
        (agreed)
        a
        """),
    Session(
      "a client on this host, over IPv6",
      .ask([.offer, .connect(host: ascii("mx"), address: .inet6(address: "::1", port: 25))]),
      .tell([.quit]),
      replies: """
        (agreed)
        a
        """),
    Session(
      "a distant client, over IPv6",
      .ask([.offer, .connect(host: ascii("mx"), address: .inet6(address: "2001:db8::1", port: 25))]
      ),
      replies: """
        (agreed)
        c
        """),
    Session(
      "a client on a unix socket",
      .ask([.offer, .connect(host: ascii("mx"), address: .unix(path: "/run/x"))]),
      replies: """
        (agreed)
        c
        """),
    Session(
      "a client of unknown address",
      .ask([.offer, .connect(host: ascii("mx"), address: nil)]),
      replies: """
        (agreed)
        c
        """),
    Session(
      "an MTA that goes on after accept",
      .ask([.offer, .client("127.0.0.1"), .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      replies: #"""
        (agreed)
        accc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=-\x00
        c
        """#),
    Session(
      "QUIT_NC, and another client",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      .tell([.quitNewConnection]),
      .ask([.outside, .helo("second")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.body(String(repeating: "x", count: 64)), .end]),
      replies: #"""
        (agreed)
        cccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=-\x00
        cccccc
        hX-Doorman\x00helo=second from=<a@b.example>\x0a\x09rcpts=1 body=d19b1ac5/64 id=-\x00
        c
        """#),
    Session(
      "QUIT_NC after a rejection",
      .ask([.offer, .outside, .helo("mail.example.com")]),
      .tell([.quitNewConnection]),
      .ask([.outside]),
      replies: #"""
        (agreed)
        c
        y550 5.7.1 That is my name, not yours\x00
        c
        """#,
      mended: "it drops the QUIT_NC, and then the connect"),
    Session(
      "a name that cannot stand in a header",
      .ask([.offer, .outside, .helo("two words")]),
      .ask([.mail("<\u{e9}@b.example>"), .rcpt("<c@d.example>"), .end]),
      replies: #"""
        (agreed)
        cccc
        hX-Doorman\x00helo=- from=-\x0a\x09rcpts=1 body=811c9dc5/0 id=-\x00
        c
        """#),
    Session(
      "a name of 256 bytes",
      .ask([.offer, .outside, .helo(String(repeating: "n", count: 256))]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      replies: #"""
        (agreed)
        cccc
        hX-Doorman\x00helo=- from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=-\x00
        c
        """#),
    Session(
      "a name that is not UTF-8",
      .ask([.offer, .outside, .helo([0x6e, 0xff, 0x6e])]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      replies: #"""
        (agreed)
        cccc
        hX-Doorman\x00helo=- from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=-\x00
        c
        """#),
    Session(
      "HELO again",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.helo("again")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      replies: #"""
        (agreed)
        ccccc
        hX-Doorman\x00helo=again from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=-\x00
        c
        """#),
    Session(
      "no HELO",
      .ask([.offer, .outside]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      replies: #"""
        (agreed)
        ccc
        hX-Doorman\x00helo=- from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=-\x00
        c
        """#),
  ]
}
