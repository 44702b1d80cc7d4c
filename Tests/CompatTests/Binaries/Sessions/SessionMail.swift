import MilterMTA

/// The messages of a session with a filter, all on one connection.
enum SessionMail {
  static let all = [plain, bad, bounce, changed]

  /// Ordinary mail to two recipients.
  private static let plain = Mail.make(
    Mail.text, to: ["<bob@example.net>", "<carol@example.net>"])

  /// A message with a virus and spam, and with forged fields of filters.
  private static let bad = Mail.make(
    """
    X-Virus-Status: forged
    X-Spam-Status: forged
    X-Scanned-By: forged
    Authentication-Results: mx.example.org; dkim=fail header.d=strict.example
    From: Mallory <mallory@strict.example>
    To: Bob <bob@example.net>
    Date: Sat, 21 Nov 2026 14:01:00 +0000
    Message-ID: <2@strict.example>
    Subject: reject

    SPAM, INFECTED

    """, from: "<mallory@strict.example>")

  /// A large message with an empty envelope sender.
  private static let bounce = Mail.make(
    """
    From: <MAILER-DAEMON@example.org>
    To: <bob@example.net>
    Date: Sat, 21 Nov 2026 14:02:00 +0000
    Message-ID: <3@example.org>
    Subject: discard
    MIME-Version: 1.0
    Content-Type: text/plain; charset=utf-8

    \(String(repeating: "twelve bytes\n", count: 10_000))
    """, from: "<>")

  /// A message with a recipient that some filters refuse.
  private static let changed = Mail.make(
    """
    From: Alice <alice@example.org>
    To: Bob <bob@example.net>
    Date: Sat, 21 Nov 2026 14:03:00 +0000
    Message-ID: <4@example.org>
    Subject: change
    X-Twice: one
    X-Twice: two

    Body

    """, to: ["<refused@example.net>", "<carol@example.net>"])
}
