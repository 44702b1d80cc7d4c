import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterRuntime
import Testing

/// The overloads of callbacks that get bytes.
@Suite struct RawCallbackTests {
  private final class RawFilter: Milter {
    private let seen: Journal

    init(_ seen: Journal) { self.seen = seen }

    required init() { fatalError("made with a journal") }

    override class var leadingSpace: Bool { true }

    override func envfrom(_ sender: RawSpan, _ args: RawSpan) throws -> Status {
      note("envfrom", sender, args)
    }

    override func envrcpt(_ recipient: RawSpan, _ args: RawSpan) throws -> Status {
      _ = note("envrcpt", recipient, args)
      return .reject
    }

    override func header(_ name: RawSpan, _ value: RawSpan) throws -> Status {
      if name.byteCount == 5 { throw MilterError(.invalidArgument, "no") }
      return note("header", name, value)
    }

    private func note(_ callback: String, _ first: RawSpan, _ second: RawSpan) -> Status {
      let (first, second) = (
        first.withUnsafeBytes { Array($0) }, second.withUnsafeBytes { Array($0) }
      )
      seen.note("\(callback) \(first) \(second)")
      return .continue
    }
  }

  private final class Both: Milter {
    override func header(_ name: String, _ value: String) throws -> Status {
      .reject
    }

    override func header(_ name: RawSpan, _ value: RawSpan) throws -> Status {
      name.byteCount == 1 ? .continue : try super.header(name, value)
    }
  }

  private final class Texts: Milter {
    override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status { .continue }
  }

  private class Raw: Milter {
    override func envfrom(_ sender: RawSpan, _ args: RawSpan) throws -> Status { .continue }
  }

  private final class OfRaw: Raw {
    override func eom() throws -> Status { .continue }
  }

  @Test func `Either overload counts as the callback`() {
    #expect(RawFilter.callbacks == [.envfrom, .envrcpt, .header])
    #expect(Both.callbacks == [.header])
    #expect(Texts.callbacks == [.envrcpt])
    #expect(OfRaw.callbacks == [.envfrom, .eom])
  }

  @Test func `The bytes are those that the MTA has sent`() throws {
    let seen = Journal()
    let server = try TestServer { RawFilter(seen) }
    let mta = try server.connect()
    // The MTA does not offer hdrLeadspc, so the library adds the leading space.
    var steps = MilterProtocolFlags(rawValue: 0x1fffff)
    steps.remove(.hdrLeadspc)
    _ = try mta.ask(.negotiate(.init(options: .init(actions: .all, steps: steps))))
    #expect(try mta.ask(.mail([[0x3C, 0xFF, 0x3E], [0xFE], [], bytes("A=1")])) == [.continue])
    #expect(try mta.ask(.rcpt([[0xFC]])) == [.reject])
    // A string without a NUL is ignored.
    try mta.send(bytes: [0, 0, 0, 5, 0x52, 0x61, 0, 0x62, 0x63])
    #expect(try mta.receive() == .reject)
    #expect(try mta.ask(.header(name: [0xFA], value: [0xF9, 0x0A, 0x20])) == [.continue])
    #expect(try mta.ask(.header(name: [], value: [])) == [.continue])
    #expect(try mta.ask(.header(name: bytes("throw"), value: [])) == [.tempfail])
    #expect(
      seen.all == [
        "envfrom [60, 255, 62] [254, 0, 0, 65, 61, 49, 0]", "envrcpt [252] []", "envrcpt [97] []",
        "header [250] [32, 249, 10, 32]", "header [] [32]",
      ])
  }

  @Test func `A class with both overloads gets bytes, and texts by super`() throws {
    let server = try TestServer { Both() }
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    try mta.envelope(.data)
    #expect(try mta.ask(.header(name: [0x58], value: [])) == [.continue])
    #expect(try mta.ask(.header(name: [0x58, 0x59], value: [])) == [.reject])
  }

  @Test func `By default, the overload calls the other one`() throws {
    let filter = ScriptedFilter { filter, callback in
      [.envfrom, .envrcpt, .header].contains(callback) ? .discard : .continue
    }
    let text = bytes("a\0b\0")
    let (name, value) = (text.span.bytes.extracting(0..<1), text.span.bytes.extracting(2..<4))
    #expect(try filter.header(name, value) == .discard)
    #expect(try filter.envfrom(name, value) == .discard)
    #expect(try filter.envrcpt(name, value) == .discard)
  }
}
