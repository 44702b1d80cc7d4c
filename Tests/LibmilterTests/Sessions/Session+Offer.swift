import MilterCore

extension Session {
  static let offerSessions: [Session] = [
    Session(
      "version 2 and nothing offered",
      .ask([.offer(version: 2, actions: 0, steps: 0), .outside, .helo("c")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.header("Subject", "x"), .eoh, .body("x"), .end]),
      replies: #"""
        O\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x00
        ccccccct
        """#),
    Session(
      "version 2 without data and unknown",
      .ask([.offer(version: 2, actions: 0x3f, steps: 0x7f), .outside, .helo("c")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([
        .header("X-Doorman", "x"), .header("Subject", "x"),
        .body(String(repeating: "x", count: 64)), .body("y"), .end,
      ]),
      replies: #"""
        O\x00\x00\x00\x02\x00\x00\x001\x00\x00\x00@
        cccccccc
        m\x00\x00\x00\x01X-Doorman\x00\x00
        m\x00\x00\x00\x01Subject\x00[EXT] x\x00
        hX-Doorman\x00helo=c from=<a@b.example>\x0a\x09rcpts=1 body=d19b1ac5/64 id=-\x00
        c
        """#),
    Session(
      "version 4 with all steps of its time",
      .ask([.offer(version: 4, actions: 0x3f, steps: 0x3ff), .outside, .helo("c")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header("Subject", "hello")]),
      .ask([.body("x"), .end]),
      replies: #"""
        O\x00\x00\x00\x04\x00\x00\x001\x00\x00\x03\xc0
        ccccc
        m\x00\x00\x00\x01Subject\x00[EXT] hello\x00
        hX-Doorman\x00helo=c from=<a@b.example>\x0a\x09rcpts=1 body=fd0c5087/1 id=-\x00
        c
        """#),
    Session(
      "no change of headers offered: the message is deferred",
      .ask([.offer(actions: 0x0f, steps: 0x1f_ffff), .outside, .helo("c")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header("Subject", "hello")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        O\x00\x00\x00\x06\x00\x00\x00\x01\x00\x00\x07\xc0
        cccccctcccc
        hX-Doorman\x00helo=c from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        c
        """#),
    Session(
      "no quarantine offered",
      .ask([.offer(actions: 0x1df, steps: 0x1f_ffff), .outside, .helo("c")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header("Received", "a"), .header("Received", "b"), .header("Received", "c")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        O\x00\x00\x00\x06\x00\x00\x01\x11\x00\x00\x07\xc0\x00\x00\x00\x02{auth_authen}\x00\x00\x00\x00\x05i\x00
        cccccc
        hX-Doorman\x00helo=c from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        tcccc
        hX-Doorman\x00helo=c from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        c
        """#),
    Session(
      "no macro lists offered",
      .ask([.offer(actions: 0xff, steps: 0x1f_ffff), .outside, .helo("c")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        O\x00\x00\x00\x06\x00\x00\x001\x00\x00\x07\xc0
        cccccc
        hX-Doorman\x00helo=c from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        c
        """#),
    Session(
      "no skip offered",
      .ask([.offer(actions: 0x1ff, steps: 0x1f_fbff), .outside, .helo("c")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.body(String(repeating: "x", count: 64)), .body("y"), .end]),
      replies: #"""
        O\x00\x00\x00\x06\x00\x00\x011\x00\x00\x03\xc0\x00\x00\x00\x02{auth_authen}\x00\x00\x00\x00\x05i\x00
        cccccc
        hX-Doorman\x00helo=c from=<a@b.example>\x0a\x09rcpts=1 body=d19b1ac5/64 id=-\x00
        c
        """#),
    Session(
      "no header without reply offered",
      .ask([.offer(actions: 0x1ff, steps: 0x1f_ff7f), .outside, .helo("c")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.header("Subject", "x")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        O\x00\x00\x00\x06\x00\x00\x011\x00\x00\x07@\x00\x00\x00\x02{auth_authen}\x00\x00\x00\x00\x05i\x00
        ccccccc
        m\x00\x00\x00\x01Subject\x00[EXT] x\x00
        hX-Doorman\x00helo=c from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        c
        """#),
    Session(
      "no steps but replies offered",
      .ask([.offer(actions: 0x1ff, steps: 0xf_f080), .outside, .helo("c")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.data]),
      .tell([.header("Subject", "hello")]),
      .ask([.eoh, .body("x"), .end]),
      replies: #"""
        O\x00\x00\x00\x06\x00\x00\x011\x00\x00\x00\x80\x00\x00\x00\x02{auth_authen}\x00\x00\x00\x00\x05i\x00
        ccccccc
        m\x00\x00\x00\x01Subject\x00[EXT] hello\x00
        hX-Doorman\x00helo=c from=<a@b.example>\x0a\x09rcpts=1 body=fd0c5087/1 id=-\x00
        c
        """#),
    Session(
      "bits of the future offered",
      .ask([.offer(version: 7, actions: 0x3ff, steps: 0x8fff_ffff), .outside]),
      replies: """
        (agreed)
        c
        """),
    Session(
      "version 1",
      .ask([.offer(version: 1, actions: 0x1ff, steps: 0x1f_ffff)]),
      replies: ""),
    Session(
      "an offer that is too short",
      .raw([0, 0, 0, 9, 79, 0, 0, 0, 6, 0, 0, 1, 255]),
      .untilClosed,
      replies: ""),
    Session(
      "a byte that is no command",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .raw([0, 0, 0, 1, 88]),
      .untilClosed,
      replies: """
        (agreed)
        cccc
        """),
    Session(
      "a packet that is too long",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .raw([0, 1, 0, 1, 66]),
      .untilClosed,
      replies: """
        (agreed)
        cccc
        """),
    Session(
      "a MAIL without end",
      .ask([.offer, .outside, .helo("client")]),
      .raw([0, 0, 0, 3, 77, 60, 62]),
      .untilClosed,
      replies: """
        (agreed)
        cc
        """),
    Session(
      "an unknown command between messages",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.unknown(ascii("XYZ"))]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      replies: #"""
        (agreed)
        ccccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=-\x00
        c
        """#),
    Session(
      "an unknown command in a message",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.unknown(ascii("XYZ"))]),
      .tell([.header("Subject", "hello")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        (agreed)
        ccccccc
        m\x00\x00\x00\x01Subject\x00[EXT] hello\x00
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        c
        """#,
      mended: "it loses track of the message"),
    Session(
      "a packet of length 0",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .raw([0, 0, 0, 0, 69]),
      .untilClosed,
      replies: """
        (agreed)
        cccc
        """,
      mended: "it runs the byte behind it as a command"),
  ]
}
