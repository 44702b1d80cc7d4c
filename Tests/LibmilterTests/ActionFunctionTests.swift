import MilterFilterFixtures
import Libmilter
import Testing

extension LibmilterModule {
  /// The functions that change the message: what they send, and when they return MI_FAILURE.
  @Suite struct ActionFunctionTests {
    /// A function's name, a call of it, and the packet that the call sends; `nil` if it must fail.
    struct Call: Sendable, CustomTestStringConvertible {
      let name: String
      let call: @Sendable (SMFICTX) -> Int32
      let packet: String?

      init(_ name: String, _ packet: String?, _ call: @escaping @Sendable (SMFICTX) -> Int32) {
        self.name = name
        self.packet = packet
        self.call = call
      }

      var testDescription: String { name }
    }

    static let calls = [
      Call("addheader", #"hX\x00v\x00"#) { smfi_addheader($0, "X", "v") },
      Call("addheader, empty value", #"hX\x00\x00"#) { smfi_addheader($0, "X", "") },
      Call("addheader, empty name", nil) { smfi_addheader($0, "", "v") },
      Call("addheader, NUL", nil) { smfi_addheader($0, "X", "a\0b") },
      Call("addheader, what C does not look at", #"hX: y\x00a\x0d\x0ab\x00"#) {
        smfi_addheader($0, "X: y", "a\r\nb")
      },
      Call("addheader, too long", nil) {
        smfi_addheader($0, "X", String(repeating: "v", count: 65_533))
      },
      Call("insheader", #"i\x00\x00\x00\x00X\x00v\x00"#) { smfi_insheader($0, 0, "X", "v") },
      Call("insheader, negative index", nil) { smfi_insheader($0, -1, "X", "v") },
      Call("chgheader", #"m\x00\x00\x00\x02X\x00v\x00"#) { smfi_chgheader($0, "X", 2, "v") },
      Call("chgheader, nil", #"m\x00\x00\x00\x01X\x00\x00"#) { smfi_chgheader($0, "X", 1, nil) },
      Call("chgheader, negative index", nil) { smfi_chgheader($0, "X", -1, "v") },
      Call("chgheader, empty name", nil) { smfi_chgheader($0, "", 1, "v") },
      Call("chgfrom", #"e<x@y>\x00"#) { smfi_chgfrom($0, "<x@y>", nil) },
      Call("chgfrom, arguments", #"ex\x00RET=HDRS\x00"#) { smfi_chgfrom($0, "x", "RET=HDRS") },
      Call("chgfrom, empty arguments", #"ex\x00\x00"#) { smfi_chgfrom($0, "x", "") },
      Call("chgfrom, empty", nil) { smfi_chgfrom($0, "", nil) },
      Call("addrcpt", #"+a\x00"#) { smfi_addrcpt($0, "a") },
      Call("addrcpt, empty", nil) { smfi_addrcpt($0, "") },
      Call("addrcpt_par", #"2a\x00N=1\x00"#) { smfi_addrcpt_par($0, "a", "N=1") },
      Call("addrcpt_par, nil", #"2a\x00"#) { smfi_addrcpt_par($0, "a", nil) },
      Call("addrcpt_par, empty", nil) { smfi_addrcpt_par($0, "", "N=1") },
      Call("delrcpt", #"-a\x00"#) { smfi_delrcpt($0, "a") },
      Call("delrcpt, empty", nil) { smfi_delrcpt($0, "") },
      Call("replacebody", "babc") { smfi_replacebody($0, ascii("abc"), 3) },
      Call("replacebody, the first bytes", "bab") { smfi_replacebody($0, ascii("abc"), 2) },
      Call("replacebody, no bytes", "b") { smfi_replacebody($0, [], 0) },
      Call("replacebody, negative length", nil) { smfi_replacebody($0, ascii("abc"), -1) },
      Call("replacebody, more than there is", nil) { smfi_replacebody($0, ascii("abc"), 4) },
      Call("quarantine", #"qwhy\x00"#) { smfi_quarantine($0, "why") },
      Call("quarantine, empty", nil) { smfi_quarantine($0, "") },
      Call("progress", "p") { smfi_progress($0) },
    ]

    @Test(arguments: calls) func `In eom they send`(call: Call) throws {
      let journal = Journal()
      let filter = try DescribedFilter(
        smfiDesc(
          xxfi_flags: SMFI_CURR_ACTS,
          xxfi_eom: { ctx in
            journal.note("\(call.call(ctx))")
            return SMFIS_CONTINUE
          }))
      let replies = try filter.playMessage().split(separator: "\n").dropFirst()
      #expect(journal.all == [call.packet == nil ? "-1" : "0"])
      // One-letter packets share a line with the replies around them.
      let packet = call.packet.map { $0.count == 1 ? $0 : "\n\($0)\n" } ?? ""
      #expect(replies.joined(separator: "\n") == "cccccccc\(packet)c")
    }

    @Test func `Outside eom they fail, and nothing is sent`() throws {
      let journal = Journal()
      let filter = try DescribedFilter(
        smfiDesc(
          xxfi_flags: SMFI_CURR_ACTS,
          xxfi_eoh: { ctx in
            for call in Self.calls where call.name != "progress" {
              journal.note("\(call.call(ctx))")
            }
            return SMFIS_CONTINUE
          }))
      #expect(try filter.playMessage().hasSuffix("\nccccccccc"))
      #expect(Set(journal.all) == ["-1"])
    }

    @Test func `Without their flag they fail`() throws {
      let journal = Journal()
      let filter = try DescribedFilter(
        smfiDesc(xxfi_eom: { ctx in
          for call in Self.calls where call.name != "progress" {
            journal.note("\(call.call(ctx))")
          }
          return SMFIS_CONTINUE
        }))
      #expect(try filter.playMessage().hasSuffix("\nccccccccc"))
      #expect(Set(journal.all) == ["-1"])
    }
  }
}
