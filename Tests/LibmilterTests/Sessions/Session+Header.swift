import MilterCore

extension Session {
  static let headerSessions: [Session] = [
    Session(
      "forged headers",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([
        .header("X-Doorman", "one"), .header("From", "a@b"), .header("x-doorman", ""),
        .header("X-DOORMAN", "three"),
      ]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        (agreed)
        cccccc
        m\x00\x00\x00\x03X-Doorman\x00\x00
        m\x00\x00\x00\x02X-Doorman\x00\x00
        m\x00\x00\x00\x01X-Doorman\x00\x00
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        c
        """#),
    Session(
      "a subject with a tag",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header("Subject", "[EXT] hello")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        (agreed)
        cccccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        c
        """#),
    Session(
      "a subject of two lines",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header("Subject", "hello\n\tworld")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        (agreed)
        cccccc
        m\x00\x00\x00\x01Subject\x00[EXT] hello\x0a\x09world\x00
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        c
        """#),
    Session(
      "a subject with raw 8-bit bytes",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header(name: ascii("Subject"), value: [0x68, 0xe9])]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        (agreed)
        cccccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        c
        """#),
    Session(
      "an empty subject",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header("Subject", "")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        (agreed)
        cccccc
        m\x00\x00\x00\x01Subject\x00[EXT] \x00
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        c
        """#),
    Session(
      "two subjects",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header("subject", "first"), .header("Subject", "second")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        (agreed)
        cccccc
        m\x00\x00\x00\x01Subject\x00[EXT] first\x00
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        c
        """#),
    Session(
      "as many Received headers as allowed",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header("Received", "from a"), .header("received", "from b")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        (agreed)
        cccccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        c
        """#),
    Session(
      "one Received header more",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([
        .header("Received", "from a"), .header("received", "from b"), .header("Received", "from c"),
      ]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        (agreed)
        cccccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        qtoo many Received headers\x00
        c
        """#),
    Session(
      "headers are counted for each message",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([
        .header("Received", "from a"), .header("X-Doorman", "x"), .header("Subject", "s"),
        .header("Received", "from b"),
      ]),
      .tell([.abort]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header("Received", "from a")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        (agreed)
        cccccccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        c
        """#),
  ]
}
