import MilterCore
import Testing

/// The times at which macros are cleared.
@Suite struct MacroLifetimeTests {
  @Test func `A replayed session has its recorded macros`() {
    var play = Play { play, callback, _ in
      switch callback {
      case .helo: play.look("i")
      case .envfrom: play.look("e")
      case .envrcpt, .eom: play.look("r")
      case .unknown:
        play.look("e")
        play.look("i")
      default: break
      }
      return .continue
    }
    _ = play.send(#"O C H D:Mi\x00Q1\x00 M D:Rr\x00r1\x00 R R T N"#)
    #expect(play.send(#"D:Ee\x00end\x00"#) == "(nothing)")
    #expect(play.send("E U M U H") == "c c c c c")
    #expect(
      play.notes == [
        "i nil", "e nil", "r=r1", "r=r1", "r=r1", "e=end", "i=Q1", "e nil", "e nil", "i=Q1",
        "i nil",
      ])
  }

  /// The stages in the order of a session.
  private static let stages: [Character] = ["C", "H", "M", "R", "T", "N", "E"]

  @Test(arguments: [
    ("", "C", "C"), ("C", "H", "CH"), ("C H", "M", "CHM"), ("C H M", "R", "CHMR"),
    ("C H M R", "T", "CHMRTNE"), ("C H M R T", "L", "CHMRTNE"), ("C H M R T", "N", "CHMRTNE"),
    ("C H M R T N", "B", "CHMRTNE"), ("C H M R T N", "E", "CHMRTNE"),
    ("C H M R", "A", "CHMRTNE"), ("C H M R", "U", "CHMRTNE"), ("C H M R", "K", ""),
    // Q clears no macros, because the close callback may look them up.
    ("C H M R", "Q", "CHMRTNE"), ("C H M R", "M", "CHM"), ("C H M R", "H", "CH"),
    // These commands are out of order and not executed, so no macros are cleared.
    ("C H M R", "O", "CHMRTNE"), ("C H M R", "C", "CHMRTNE"),
  ])
  func `A command clears the macros of the stages after its own`(
    path: String, command: String, left: String
  ) {
    var play = Play()
    _ = play.send("O " + path)
    for stage in Self.stages { _ = play.send("D:\(stage)\(stage)\\x00v\\x00") }
    _ = play.send(command)
    let known = Self.stages.filter { play.session.symbols[String($0).utf8] != nil }
    #expect(String(known) == left)
  }

  @Test func `The negotiation forgets everything`() {
    var play = Play()
    _ = play.send(#"D:Cj\x00x\x00"#)
    #expect(play.session.symbols["j".utf8] == wire("x"))
    _ = play.send("O")
    #expect(play.session.symbols["j".utf8] == nil)
  }

  @Test func `A stored value is not mistaken for that of the next client`() throws {
    var play = Play()
    _ = play.send(#"O C H D:Mi\x00Q1\x00 M"#)
    let (_, place) = try #require(play.session.symbols.find(wire("i")))
    _ = play.send(#"A K C H D:Mi\x00Q2\x00 M"#)
    #expect(play.session.symbols["i".utf8] == wire("Q2"))
    #expect(!play.session.symbols.isCurrent(place))
  }

  @Test func `A verdict clears no macros`() {
    var play = Play { _, callback, _ in callback == .eom ? .reject : .continue }
    #expect(play.send(#"O C H M R T N D:Ee\x00v\x00 E"#).hasSuffix("r"))
    #expect(play.session.symbols["e".utf8] == wire("v"))
  }
}
