import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Synchronization
import Testing

/// The refusals of every action: the wrong callback, a missing negotiation, and bytes that would
/// inject header fields or replies.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct ActionRulesTests {
  private typealias Action = @Sendable (Milter) throws -> Void

  /// Each action that changes the message, in a correct call.
  private static let changes: [(name: String, Action)] = [
    ("addheader", { try $0.addheader("X", "v") }),
    ("addheader", { try $0.addheader("X", [0x76] as [UInt8]) }),
    ("insheader", { try $0.insheader(0, "X", "v") }),
    ("insheader", { try $0.insheader(0, "X", [0x76] as [UInt8]) }),
    ("chgheader", { try $0.chgheader("X", 1, "v") }),
    ("chgheader", { try $0.chgheader("X", 1, nil) }),
    ("chgheader", { try $0.chgheader("X", 1, [0x76] as [UInt8]) }),
    ("chgfrom", { try $0.chgfrom("<x@y>") }), ("addrcpt", { try $0.addrcpt("<x@y>") }),
    ("addrcptPar", { try $0.addrcptPar("<x@y>") }), ("delrcpt", { try $0.delrcpt("<x@y>") }),
    ("replacebody", { try $0.replacebody("new") }),
    ("replacebody", { try $0.replacebody([0x76] as [UInt8]) }),
    ("replacebody", { try $0.replacebody([0x76].span.bytes) }),
    ("quarantine", { try $0.quarantine("why") }),
  ]

  /// Returns the errors of actions that are called in one callback of a complete session.
  private func errors(
    in callback: MilterCallback, asking actions: MilterActionFlags? = nil, _ calls: [Action]
  ) throws -> [MilterError] {
    let (errors, times) = (Errors(), Counter())
    let server = try TestServer {
      ScriptedFilter { filter, current in
        if current == .negotiate, let actions { filter.wanted.actions = actions }
        if current == callback, times.add() == 1 {
          for call in calls {
            do { try call(filter) } catch let error as MilterError { errors.add(error) }
          }
        }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.ask(.unknown(bytes("XYZ"))) == [.continue])
    let replies = try mta.message()
    #expect(replies.last == .continue)
    #expect(callback != .eom || replies.count == calls.count - errors.all.count + 1)
    try mta.send(.mail([bytes("<a@b>")]), .abort, .quit)
    while try mta.receive() != nil {}
    server.server.stop()
    return errors.all
  }

  @Test(arguments: MilterCallback.allCases.filter { $0 != .eom })
  func `The message can be changed only in eom`(_ callback: MilterCallback) throws {
    let errors = try self.errors(in: callback, Self.changes.map(\.1))
    let wrongTime = Self.changes.map { "\($0.name) may be called in eom only" }
    #expect(errors.map(\.message) == wrongTime)
    #expect(errors.allSatisfy { $0.code == .wrongTime })
  }

  @Test func `An action that was not negotiated is refused by the name of its flag`() throws {
    let errors = try self.errors(in: .eom, asking: [], Self.changes.map(\.1))
    let flags = [
      "addhdrs", "addhdrs", "addhdrs", "addhdrs", "chghdrs", "chghdrs", "chghdrs", "chgfrom",
      "addrcpt", "addrcptPar", "delrcpt", "chgbody", "chgbody", "chgbody", "quarantine",
    ]
    #expect(errors.allSatisfy { $0.code == .notNegotiated })
    #expect(
      errors.map(\.message)
        == zip(Self.changes, flags).map {
          "\($0.name): the action \($1) was not negotiated with the MTA"
        })
  }

  /// Each argument of an action that could inject a line.
  private static let places: [(name: String, @Sendable (Milter, String) throws -> Void)] = [
    ("addheader: the header name", { try $0.addheader($1, "v") }),
    ("addheader: ", { try $0.addheader("X", $1) }),
    ("addheader: ", { try $0.addheader("X", $1.utf8) }),
    ("insheader: the header name", { try $0.insheader(0, $1, "v") }),
    ("insheader: ", { try $0.insheader(0, "X", $1) }),
    ("insheader: ", { try $0.insheader(0, "X", $1.utf8) }),
    ("chgheader: the header name", { try $0.chgheader($1, 1, "v") }),
    ("chgheader: ", { try $0.chgheader("X", 1, $1) }),
    ("chgheader: ", { try $0.chgheader("X", 1, $1.utf8) }),
    ("chgfrom: the sender", { try $0.chgfrom($1) }),
    ("chgfrom: the argument", { try $0.chgfrom("<x@y>", $1) }),
    ("addrcpt: the recipient", { try $0.addrcpt($1) }),
    ("addrcptPar: the recipient", { try $0.addrcptPar($1) }),
    ("addrcptPar: the argument", { try $0.addrcptPar("<x@y>", $1) }),
    ("delrcpt: the recipient", { try $0.delrcpt($1) }),
    ("quarantine: the reason", { try $0.quarantine($1) }),
    ("line 1 of the reply", { try $0.setmlreply("550", "5.7.1", [$1]) }),
    ("the reply code", { try $0.setreply($1) }),
    ("the enhanced status code", { try $0.setreply("550", $1) }),
    ("line 2 of the reply", { try $0.setmlreply("550", nil, ["x", $1]) }),
  ]

  @Test(arguments: ["a\rb", "a\nb", "a\r\nb", "a\u{0}b", "a\n", "\r"])
  func `No line is smuggled in`(_ text: String) throws {
    let errors = try self.errors(
      in: .eom, Self.places.map { place in { try place.1($0, text) } })
    #expect(errors.count == Self.places.count)
    for (error, place) in zip(errors, Self.places) {
      #expect(error.message.hasPrefix(place.name), "\(error.message)")
    }
  }

  @Test(arguments: [MilterCallback.negotiate, .abort, .close])
  func `A reply can be set if there is only one`(_ callback: MilterCallback) throws {
    let errors = try self.errors(
      in: callback,
      [{ try $0.setreply("550", "5.7.1", "no") }, { try $0.setmlreply("550", nil, ["no"]) }])
    #expect(
      errors.map(\.message) == [
        "setreply may be called from connect to eom only",
        "setmlreply may be called from connect to eom only",
      ])
  }

  /// The thrown errors, from any thread.
  private final class Errors: Sendable {
    private let errors = Mutex<[MilterError]>([])

    var all: [MilterError] { errors.withLock { $0 } }

    func add(_ error: MilterError) { errors.withLock { $0.append(error) } }
  }
}
