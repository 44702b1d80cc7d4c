import MilterFilterFixtures
import Libmilter
import MilterCore
import Testing

extension LibmilterModule {
  /// The functions of a connection that do not change a message, and the fields of the description.
  @Suite struct ContextFunctionTests {
    @Test func `Private data is any value, and stays for the connection`() throws {
      struct Mine: Equatable { var count = 1 }
      let journal = Journal()
      let filter = try DescribedFilter(
        smfiDesc(
          xxfi_connect: { ctx, _, _ in
            journal.note("\(smfi_getpriv(ctx) == nil)")
            smfi_setpriv(ctx, Mine(count: 7))
            return SMFIS_CONTINUE
          },
          xxfi_eom: { ctx in
            journal.note("\(smfi_getpriv(ctx) as? Mine == Mine(count: 7))")
            smfi_setpriv(ctx, "text")
            return SMFIS_CONTINUE
          },
          xxfi_close: { ctx in
            journal.note("\(smfi_getpriv(ctx) ?? "nothing")")
            smfi_setpriv(ctx, nil)
            journal.note("\(smfi_getpriv(ctx) ?? "nothing")")
            return SMFIS_CONTINUE
          }))
      _ = try filter.playMessage()
      #expect(journal.all == ["true", "true", "text", "nothing"])
    }

    @Test func `All calls on a lost connection return MI_FAILURE`() throws {
      let kept = Kept()
      do {
        let filter = try DescribedFilter(
          smfiDesc(xxfi_connect: { ctx, _, _ in
            kept.keep(ctx)
            smfi_setpriv(ctx, "mine")
            return SMFIS_CONTINUE
          }))
        _ = try filter.play(.offer, .outside)
      }  // the server has ended
      kept.use { ctx in
        #expect(smfi_addheader(ctx, "X", "v") == MI_FAILURE)
        #expect(smfi_setreply(ctx, "550", nil, nil) == MI_FAILURE)
        #expect(smfi_progress(ctx) == MI_FAILURE)
        #expect(smfi_getsymval(ctx, "i") == nil)
        #expect(smfi_getpriv(ctx) == nil)
        #expect(smfi_setpriv(ctx, "more") == MI_FAILURE)
        #expect(smfi_getpriv(ctx) == nil)
      }
    }

    @Test func `Macros are found with braces and without`() throws {
      let journal = Journal()
      let filter = try DescribedFilter(
        smfiDesc(xxfi_connect: { ctx, _, _ in
          for name in ["j", "{j}", "{long}", "long", "", "none"] {
            journal.note(smfi_getsymval(ctx, name) ?? "nil")
          }
          return SMFIS_CONTINUE
        }))
      let macros: [MilterMacro] = [.init("j", "host"), .init("{long}", "")]
      let session = Session(
        "", .ask([.offer]), .tell([.macro(UInt8(ascii: "C"), macros)]), .ask([.outside]),
        replies: "")
      _ = try filter.play(session)
      #expect(journal.all == ["host", "host", "", "nil", "nil", "nil"])
    }

    @Test func `Replies are set, refused, and kept when another is refused`() throws {
      let journal = Journal()
      let filter = try DescribedFilter(
        smfiDesc(
          xxfi_connect: { ctx, _, _ in
            journal.note("\(smfi_setreply(ctx, "550", "5.7.1", "first"))")
            journal.note("\(smfi_setreply(ctx, "250", nil, nil))")
            journal.note("\(smfi_setreply(ctx, "", nil, nil))")
            journal.note("\(smfi_setreply(ctx, "550", "", nil))")
            journal.note("\(smfi_setreply(ctx, "550", nil, "two\nlines"))")
            return SMFIS_REJECT
          },
          xxfi_helo: { ctx, _ in
            journal.note("\(smfi_setmlreply(ctx, "451", nil, "one", "100%", nil, "not sent"))")
            return SMFIS_TEMPFAIL
          },
          xxfi_envfrom: { ctx, _ in
            journal.note("\(smfi_setmlreply(ctx, "550", nil))")
            journal.note("\(smfi_setmlreply(ctx, "550", nil, nil))")
            return SMFIS_REJECT
          }))
      let replies = try filter.play(.offer, .outside, .helo("h"), .mail("<>"))
        .split(separator: "\n").dropFirst()
      #expect(
        Array(replies) == [
          #"y550 5.7.1 first\x00"#, #"y451-4.0.0 one\x0d\x0a451 4.0.0 100%\x00"#, "r",
        ])
      #expect(journal.all == ["0", "-1", "-1", "-1", "-1", "0", "-1", "-1"])
    }

    @Test func `A stage's macro list is set once`() throws {
      let journal = Journal()
      let filter = try DescribedFilter(
        smfiDesc(xxfi_negotiate: { ctx, _, _, _, _, _, _, _, _ in
          for (stage, list) in [
            (SMFIM_EOM, "i"), (SMFIM_EOM, "again"), (SMFIM_HELO, ""), (SMFIM_NOMACROS, "x"),
            (7, "x"),
          ] { journal.note("\(smfi_setsymlist(ctx, stage, list))") }
          return SMFIS_ALL_OPTS
        }))
      #expect(
        try filter.play(.offer)
          == #"O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x07\x7f\x00\x00\x00\x01\x00"#
          + #"\x00\x00\x00\x05i\x00"#)
      #expect(journal.all == ["0", "-1", "0", "-1", "-1"])
    }

    @Test func `An offer's highest bit extends to the upper half of C's numbers`() throws {
      let journal = Journal()
      let filter = try DescribedFilter(
        smfiDesc(xxfi_negotiate: { _, actions, steps, _, _, _, _, _, _ in
          journal.note("\(String(actions, radix: 16)) \(String(steps, radix: 16))")
          return SMFIS_ALL_OPTS
        }))
      _ = try filter.play(.offer(actions: 0x8000_01ff, steps: 0x8000_03ff))
      #expect(journal.all == ["ffffffff800001ff ffffffff800ff3ff"])
    }

    @Test func `A description by position has C's order`() throws {
      let journal = Journal()
      @Sendable func note(_ callback: String) -> sfsistat {
        journal.note(callback)
        return SMFIS_CONTINUE
      }
      let description = smfiDesc(
        "positional", SMFI_VERSION, SMFIF_ADDHDRS,
        { _, host, _ in note("connect \(host)") },
        { _, host in note("helo \(host)") },
        { _, arguments in note("envfrom \(arguments)") },
        { _, arguments in note("envrcpt \(arguments)") },
        { _, name, value in note("header \(name) \(value)") },
        { _ in note("eoh") },
        { _, _, length in note("body \(length)") },
        { _ in note("eom") },
        { _ in note("abort") },
        { _ in note("close") },
        { _, command in note("unknown \(command)") },
        { _ in note("data") },
        { _, actions, _, _, _, _, _, _, _ in
          journal.note("negotiate \(actions)")
          return SMFIS_ALL_OPTS
        })
      #expect(description.xxfi_name == "positional")
      #expect(description.xxfi_version == SMFI_VERSION)
      #expect(description.xxfi_flags == SMFIF_ADDHDRS)
      let session = Session(
        "",
        .ask([
          .offer, .outside, .helo("client"), .mail("<a@b>"), .rcpt("<c@d>"),
          .unknown(ascii("FROB")),
          .data, .header("Subject", "x"), .eoh, .body("text"), .end, .mail("<e@f>"),
        ]), .tell([.abort]), replies: "")
      _ = try DescribedFilter(description).play(session)
      #expect(
        journal.all == [
          "negotiate 511", "connect mx", "helo client", #"envfrom ["<a@b>"]"#,
          #"envrcpt ["<c@d>"]"#, "unknown FROB", "data", "header Subject x", "eoh", "body 4", "eom",
          #"envfrom ["<e@f>"]"#, "abort", "close",
        ])
      // Trailing arguments may be left out.
      let short = smfiDesc("short", SMFI_VERSION, SMFIF_NONE, { _, _, _ in SMFIS_ACCEPT })
      #expect(short.xxfi_connect != nil && short.xxfi_helo == nil && short.xxfi_negotiate == nil)
    }

    @Test func `Callbacks that are nil are not requested`() throws {
      #expect(try DescribedFilter(smfiDesc()).play(.offer) == answer("00", "03", #"\x7f"#))
      let some = smfiDesc(
        xxfi_flags: SMFIF_ADDHDRS, xxfi_helo: { _, _ in 0 }, xxfi_body: { _, _, _ in 0 },
        xxfi_data: { _ in 0 })
      #expect(try DescribedFilter(some).play(.offer) == answer("01", "01", "m"))
    }

    @Test(arguments: [(2, "03"), (3, "02"), (4, "00"), (0x0100_0000, "00"), (0x0100_00ff, "00")])
    func `Older interfaces lack callbacks`(version: Int32, steps: String) throws {
      let filter = smfiDesc(
        xxfi_version: version, xxfi_unknown: { _, _ in 0 }, xxfi_data: { _ in 0 })
      #expect(try DescribedFilter(filter).play(.offer) == answer("00", steps, #"\x7f"#))
    }

    private func answer(_ actions: String, _ high: String, _ low: String) -> String {
      #"O\x00\x00\x00\x06\x00\x00\x00\x"# + actions + #"\x00\x00\x"# + high + low
    }
  }
}
