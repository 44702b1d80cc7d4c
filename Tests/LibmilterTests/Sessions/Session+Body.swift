import MilterCore

extension Session {
  static let bodySessions: [Session] = [
    Session(
      "a body that is skipped",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.body(String(repeating: "x", count: 63)), .body("x"), .end]),
      replies: #"""
        (agreed)
        cccccs
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=d19b1ac5/64 id=-\x00
        c
        """#),
    Session(
      "a body longer than what is hashed",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.body(String(repeating: "x", count: 65_535)), .end]),
      replies: #"""
        (agreed)
        ccccs
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=d19b1ac5/64 id=-\x00
        c
        """#),
    Session(
      "the hash is the first bytes' only",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.body(String(repeating: "x", count: 64) + "tail"), .end]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.body(String(repeating: "x", count: 64)), .end]),
      replies: #"""
        (agreed)
        ccccs
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=d19b1ac5/64 id=-\x00
        cccs
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=d19b1ac5/64 id=-\x00
        c
        """#),
    Session(
      "bytes of any value in the body",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.body([0, 255, 10, 13, 0])]),
      .ask([.end]),
      replies: #"""
        (agreed)
        ccccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=56541a4b/5 id=-\x00
        c
        """#),
    Session(
      "the last chunk comes with the end",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.body("hi"), .endOfBody(ascii("there\r\n"))]),
      replies: #"""
        (agreed)
        ccccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=672aae6b/9 id=-\x00
        c
        """#),
    Session(
      "the last chunk fills what is hashed",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.endOfBody([UInt8](repeating: 120, count: 64))]),
      replies: #"""
        (agreed)
        cccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=d19b1ac5/64 id=-\x00
        c
        """#,
      mended: "it answers skip twice, and leaves eom out"),
    Session(
      "three messages",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header("Subject", "hello")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header("Subject", "second"), .header("X-Doorman", "x")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      .tell([.macro("M", "i", "3")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        (agreed)
        cccccc
        m\x00\x00\x00\x01Subject\x00[EXT] hello\x00
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        ccccc
        m\x00\x00\x00\x01X-Doorman\x00\x00
        m\x00\x00\x00\x01Subject\x00[EXT] second\x00
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        ccccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=3\x00
        c
        """#),
    Session(
      "the queue id holds until the MTA sends another",
      .ask([.offer, .outside, .helo("client")]),
      .tell([.macro("M", "{i}", "1")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      .tell([.macro("M", "{j}", "x")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      replies: #"""
        (agreed)
        cccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=1\x00
        ccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=1\x00
        ccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=-\x00
        c
        """#),
    Session(
      "RSET in the headers, in the body, and a good message",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header("Subject", "hello")]),
      .tell([.abort]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.body("x")]),
      .tell([.abort]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header("Subject", "hello")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        (agreed)
        ccccccccccc
        m\x00\x00\x00\x01Subject\x00[EXT] hello\x00
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        c
        """#),
    Session(
      "everything in one write",
      .burst(
        [
          .offer, .outside, .helo("client"), .mail("<a@b>"), .rcpt("<c@d>"),
          .header("Subject", "x"), .body("x"), .end, .mail("<a@b>"), .abort, .quit,
        ], replies: 8),
      replies: #"""
        (agreed)
        ccccc
        m\x00\x00\x00\x01Subject\x00[EXT] x\x00
        hX-Doorman\x00helo=client from=<a@b>\x0a\x09rcpts=1 body=fd0c5087/1 id=-\x00
        cc
        """#),
    Session(
      "byte by byte",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .drip([.macro("E", "i", "9"), .body("x"), .end], replies: 2),
      replies: #"""
        (agreed)
        ccccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=fd0c5087/1 id=9\x00
        c
        """#),
    Session(
      "the MTA is gone in the headers",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header("Subject", "hello")]),
      replies: """
        (agreed)
        cccc
        """),
    Session(
      "the MTA is gone inside a packet",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .raw([0, 0, 0, 9, 66, 1, 2]),
      replies: """
        (agreed)
        cccc
        """),
  ]
}
