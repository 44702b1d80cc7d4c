import MilterCore

extension Session {
  static let envelopeSessions: [Session] = [
    Session(
      "too many recipients",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>")]),
      .ask([.rcpt("<1@d>"), .rcpt("<2@d>"), .rcpt("<3@d>"), .rcpt("<4@d>"), .rcpt("<5@d>")]),
      .tell([.header("Subject", "hello")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        (agreed)
        cccccc
        y452 4.5.3 Too many recipients, send the rest separately\x00
        y452 4.5.3 Too many recipients, send the rest separately\x00
        cc
        m\x00\x00\x00\x01Subject\x00[EXT] hello\x00
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=3 body=3ae129ad/4 id=-\x00
        c
        """#),
    Session(
      "recipients are counted for each message",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>")]),
      .ask([.rcpt("<1@d>"), .rcpt("<2@d>"), .rcpt("<3@d>"), .end]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.rcpt("<2@d>"), .end]),
      replies: #"""
        (agreed)
        cccccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=3 body=811c9dc5/0 id=-\x00
        cccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=2 body=811c9dc5/0 id=-\x00
        c
        """#),
    Session(
      "a blocked domain, then another",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<x@blocked.example>")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.header("Subject", "hello")]),
      .ask([.eoh, .body("hi\r\n"), .end]),
      replies: #"""
        (agreed)
        cc
        y550-5.7.1 Mail from this domain is not accepted here.\x0d\x0a550-5.7.1 If that is a mistake, call the postmaster,\x0d\x0a550 5.7.1 who knows the reason.\x00
        cccc
        m\x00\x00\x00\x01Subject\x00[EXT] hello\x00
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=3ae129ad/4 id=-\x00
        c
        """#),
    Session(
      "a blocked domain in another case, without brackets",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("x@y@WORSE.example")]),
      replies: #"""
        (agreed)
        cc
        y550-5.7.1 Mail from this domain is not accepted here.\x0d\x0a550-5.7.1 If that is a mistake, call the postmaster,\x0d\x0a550 5.7.1 who knows the reason.\x00
        """#),
    Session(
      "senders that are not blocked",
      .ask([.offer, .outside, .helo("client")]),
      .ask([
        .mail("<>"), .mail("<blocked.example>"), .mail("<x@sub.blocked.example>"), .mail("<x@>"),
      ]),
      replies: """
        (agreed)
        cccccc
        """),
    Session(
      "a user who has authenticated",
      .ask([.offer, .outside, .helo("client")]),
      .tell([.macro("M", "{auth_authen}", "jane")]),
      .ask([.mail("<x@blocked.example>")]),
      .tell([.quit]),
      replies: """
        (agreed)
        cca
        """),
    Session(
      "a user without a name",
      .ask([.offer, .outside, .helo("client")]),
      .tell([.macro("M", "{auth_authen}", "")]),
      .ask([.mail("<x@blocked.example>")]),
      replies: #"""
        (agreed)
        cc
        y550-5.7.1 Mail from this domain is not accepted here.\x0d\x0a550-5.7.1 If that is a mistake, call the postmaster,\x0d\x0a550 5.7.1 who knows the reason.\x00
        """#),
    Session(
      "a user, and then one who has not authenticated",
      .ask([.offer, .outside, .helo("client")]),
      .tell([.macro("M", "{auth_authen}", "jane")]),
      .ask([.mail("<a@b.example>")]),
      .tell([.macro("M", "i", "2")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      replies: #"""
        (agreed)
        ccacc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=2\x00
        c
        """#),
    Session(
      "MAIL twice",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.mail("<second@b.example>"), .rcpt("<c@d.example>"), .end]),
      replies: #"""
        (agreed)
        cccccc
        hX-Doorman\x00helo=client from=<second@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=-\x00
        c
        """#),
    Session(
      "commands out of order",
      .ask([.offer, .outside, .helo("client")]),
      .tell([.rcpt("<c@d.example>"), .eoh, .body("x")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      .tell([.body("x")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      replies: #"""
        (agreed)
        cccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=-\x00
        ccc
        """#),
    Session(
      "RSET after the recipient",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.abort]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      replies: #"""
        (agreed)
        cccccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=-\x00
        c
        """#),
    Session(
      "ABORT three times",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .tell([.abort, .abort, .abort]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      replies: #"""
        (agreed)
        cccccc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=-\x00
        c
        """#),
    Session(
      "a recipient too many, RSET, and a good message",
      .ask([.offer, .outside, .helo("client")]),
      .ask([.mail("<a@b>"), .rcpt("<1@d>"), .rcpt("<2@d>"), .rcpt("<3@d>"), .rcpt("<4@d>")]),
      .tell([.abort]),
      .ask([.mail("<a@b.example>"), .rcpt("<c@d.example>")]),
      .ask([.end]),
      replies: #"""
        (agreed)
        cccccc
        y452 4.5.3 Too many recipients, send the rest separately\x00
        cc
        hX-Doorman\x00helo=client from=<a@b.example>\x0a\x09rcpts=1 body=811c9dc5/0 id=-\x00
        c
        """#),
  ]
}
