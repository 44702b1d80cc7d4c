import MilterCore
import Testing

/// A reply's exact bytes and its value.
struct ReplySample: CustomTestStringConvertible, Sendable {
  /// The whole frame, in the notation of ``wire(_:)``.
  let bytes: String
  let value: FilterReply
  /// The lengths at which a shorter payload is another valid reply.
  var shorter: [Int: FilterReply] = [:]
  /// The reply with one more byte; `nil` if it is malformed.
  var longer: FilterReply?

  var testDescription: String { bytes }

  /// Every reply, recorded from libmilter if libmilter sends it.
  static let all: [Self] = [
    .init(
      bytes: #"\x00\x00\x00\x0dO\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x07\x7f"#,
      value: .negotiate(
        .init(options: .init(version: 6, actions: .all, steps: .init(rawValue: 0x77F))))),
    .init(
      bytes: #"\x00\x00\x00\x17O\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00"#
        + #"\x00\x00\x00\x00j {x}\x00"#,
      value: .negotiate(
        .init(
          options: .init(version: 2, actions: [], steps: []),
          macroLists: [.init(stage: .connect, macros: wire("j {x}"))])),
      shorter: [
        12: .negotiate(.init(options: .init(version: 2, actions: [], steps: [])))
      ]),
    .init(bytes: #"\x00\x00\x00\x01c"#, value: .continue),
    .init(bytes: #"\x00\x00\x00\x01a"#, value: .accept),
    .init(bytes: #"\x00\x00\x00\x01r"#, value: .reject),
    .init(bytes: #"\x00\x00\x00\x01t"#, value: .tempfail),
    .init(bytes: #"\x00\x00\x00\x01d"#, value: .discard),
    .init(bytes: #"\x00\x00\x00\x01s"#, value: .skip),
    .init(bytes: #"\x00\x00\x00\x01p"#, value: .progress),
    .init(bytes: #"\x00\x00\x00\x014"#, value: .shutdown),
    .init(bytes: #"\x00\x00\x00\x01f"#, value: .connectionFailure),
    .init(bytes: #"\x00\x00\x00\x0ey550 5.7.1 no\x00"#, value: .replycode(wire("550 5.7.1 no"))),
    .init(
      bytes: #"\x00\x00\x00\x07hX-A\x00v\x00"#,
      value: .addheader(name: wire("X-A"), value: wire("v"))),
    .init(
      bytes: #"\x00\x00\x00\x06hX-B\x00\x00"#,
      value: .addheader(name: wire("X-B"), value: [])),
    .init(
      bytes: #"\x00\x00\x00\x0bi\x00\x00\x00\x00X-A\x00v\x00"#,
      value: .insheader(index: 0, name: wire("X-A"), value: wire("v"))),
    .init(
      bytes: #"\x00\x00\x00\x08i\x7f\xff\xff\xffX\x00\x00"#,
      value: .insheader(index: 0x7FFF_FFFF, name: wire("X"), value: [])),
    .init(
      bytes: #"\x00\x00\x00\x0am\x00\x00\x00\x02X-A\x00\x00"#,
      value: .chgheader(index: 2, name: wire("X-A"), value: [])),
    .init(bytes: #"\x00\x00\x00\x07e<x@y>\x00"#, value: .chgfrom(wire("<x@y>"), arguments: nil)),
    .init(
      bytes: #"\x00\x00\x00\x0eex\x00SIZE=1 A=B\x00"#,
      value: .chgfrom(wire("x"), arguments: wire("SIZE=1 A=B")),
      shorter: [2: .chgfrom(wire("x"), arguments: nil)]),
    .init(
      bytes: #"\x00\x00\x00\x04ex\x00\x00"#, value: .chgfrom(wire("x"), arguments: []),
      shorter: [2: .chgfrom(wire("x"), arguments: nil)]),
    .init(bytes: #"\x00\x00\x00\x03+a\x00"#, value: .addrcpt(wire("a"))),
    .init(bytes: #"\x00\x00\x00\x032a\x00"#, value: .addrcptPar(wire("a"), arguments: nil)),
    .init(
      bytes: #"\x00\x00\x00\x072a\x00N=1\x00"#,
      value: .addrcptPar(wire("a"), arguments: wire("N=1")),
      shorter: [2: .addrcptPar(wire("a"), arguments: nil)]),
    .init(bytes: #"\x00\x00\x00\x03-a\x00"#, value: .delrcpt(wire("a"))),
    .init(bytes: #"\x00\x00\x00\x05qwhy\x00"#, value: .quarantine(wire("why"))),
    .init(
      bytes: #"\x00\x00\x00\x03ba\x00"#, value: .replacebody(wire(#"a\x00"#)),
      shorter: [0: .replacebody([]), 1: .replacebody(wire("a"))],
      longer: .replacebody(wire(#"a\x00x"#))),
    .init(
      bytes: #"\x00\x00\x00\x01b"#, value: .replacebody([]), longer: .replacebody(wire("x"))),
  ]
}
