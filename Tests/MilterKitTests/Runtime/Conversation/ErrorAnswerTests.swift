import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Testing

/// The configured answers for callbacks that throw.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct ErrorAnswerTests {
  private struct Oops: Error {}

  private static let closing = FilterReply.replycode(
    bytes("421 4.3.0 Service not available, closing connection"))

  private func server(
    _ answer: MilterErrorAnswer, mostHeld: Int? = nil,
    _ script: @escaping ScriptedFilter.Script
  ) throws -> TestServer {
    try TestServer(configure: {
      $0.onError = answer
      if let mostHeld { $0.maxHeldChanges = mostHeld }
    }) { ScriptedFilter(nil, script) }
  }

  @Test(arguments: AnsweredStep.all, MilterErrorAnswer.allCases)
  func `Every callback that throws is answered as the operator chose`(
    step: AnsweredStep, answer: MilterErrorAnswer
  ) throws {
    let server = try server(answer) { _, callback in
      if callback == step.callback { throw Oops() }
      return .continue
    }
    try expect(answer, at: step, of: server)
  }

  @Test(arguments: AnsweredStep.all, MilterErrorAnswer.allCases)
  func `Every async callback that throws is answered as the operator chose`(
    step: AnsweredStep, answer: MilterErrorAnswer
  ) throws {
    let server = try TestServer(configure: { $0.onError = answer }) {
      AsyncScriptedFilter { _, callback in
        await Task.yield()
        if callback == step.callback { throw Oops() }
        return .continue
      }
    }
    try expect(answer, at: step, of: server)
  }

  private func expect(
    _ answer: MilterErrorAnswer, at step: AnsweredStep, of server: TestServer
  ) throws {
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    for command in step.before { #expect(try mta.ask(command) == [.continue]) }
    let reply: FilterReply =
      switch answer {
      case .tempfail: .tempfail
      case .accept: .accept
      case .reject: .reject
      case .shutdown: Self.closing
      }
    #expect(try mta.ask(step.command) == [reply])
    let line = "\(step.callback) threw, \(answer.rawValue) is answered: Oops"
    #expect(server.log.all.filter { $0.hasPrefix("error") && $0.hasSuffix(line) }.count == 1)
  }

  @Test func `A message that is accepted because of an error is unchanged`() throws {
    let server = try server(.accept) { filter, callback in
      guard callback == .eom else { return .continue }
      try filter.addheader("X-A", "1")
      try filter.replacebody("new\r\n")
      try filter.addheader("X-B", "2")
      throw Oops()
    }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.accept])
    #expect(try mta.message() == [.accept])
  }

  @Test func `A half-changed message is not accepted`() throws {
    let server = try server(.accept, mostHeld: 10) { filter, callback in
      guard callback == .eom else { return .continue }
      try filter.addheader("X-A-Long-Name", "1")
      throw Oops()
    }
    let mta = try server.connect()
    try mta.greet()
    #expect(
      try mta.message()
        == [.addheader(name: bytes("X-A-Long-Name"), value: bytes("1")), .tempfail])
    #expect(server.log.all.contains { $0.hasSuffix("eom threw, tempfail is answered: Oops") })
  }

  @Test(arguments: [
    (MilterErrorAnswer.tempfail, FilterReply.tempfail), (.shutdown, ErrorAnswerTests.closing),
  ])
  func `What is thrown in a step without reply is answered at the next`(
    answer: MilterErrorAnswer, reply: FilterReply
  ) throws {
    let server = try server(answer) { filter, callback in
      if callback == .negotiate { filter.wanted.steps.insert(.nrHdr) }
      if callback == .header { throw Oops() }
      return .continue
    }
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope()
    try mta.send(.header(name: bytes("A"), value: bytes("b")))
    #expect(try mta.ask(.eoh) == [reply])
  }

  @Test func `negotiate that throws closes the connection, whatever is configured`() throws {
    let server = try server(.accept) { _, callback in
      if callback == .negotiate { throw Oops() }
      return .continue
    }
    let mta = try server.connect()
    try mta.send(TestMTA.offer)
    #expect(try mta.receive() == nil)
    server.server.stop()
    #expect(server.log.all.contains { $0.contains("negotiate threw: Oops") })
  }

  @Test(arguments: MilterErrorAnswer.allCases)
  func `--on-error chooses the answer`(answer: MilterErrorAnswer) throws {
    let options = try ProgramOptions(["filter", "-p", "fd:3", "--on-error", answer.rawValue])
    #expect(options.configuration.onError == answer)
    #expect(try ProgramOptions(["filter", "-p", "fd:3"]).configuration.onError == .tempfail)
  }
}
