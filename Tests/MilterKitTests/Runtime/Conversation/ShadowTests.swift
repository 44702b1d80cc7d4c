import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Testing

/// Shadow mode with body data that comes with the end of the message.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct ShadowTests {
  /// Plays a message whose only chunk comes with its end, and expects one line about the answer
  /// that shadow mode did not send.
  private func expect(_ text: String, _ script: @escaping ScriptedFilter.Script) throws {
    let server = try TestServer(configure: { $0.shadow = true }) { ScriptedFilter(nil, script) }
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope()
    let answer = try mta.ask(.endOfBody(bytes("the only one")))
    #expect(answer.count == 1)
    #expect(answer.allSatisfy { $0 == .accept || $0 == .continue })
    server.server.stop()
    let lines = server.log.all.filter { $0.contains("shadow: ") }
    #expect(lines.count == 1)
    #expect(lines.allSatisfy { $0.hasSuffix("shadow: " + text) })
  }

  private static let script: ScriptedFilter.Script = { filter, callback in
    switch callback {
    case .negotiate: filter.wanted.actions = .addhdrs
    case .body, .eom: try filter.addheader("X-\(callback)", "value")
    default: break
    }
    return .continue
  }

  @Test func `Changes of body are logged with those of eom`() throws {
    try expect(
      "eom would have answered: addheader X-body, 5 bytes; addheader X-eom, 5 bytes", Self.script)
  }

  @Test func `A mistake of body does not end the message`() throws {
    try expect("eom would have answered: addheader X-body, 5 bytes; addheader X-eom, 5 bytes") {
      filter, callback in
      let status = try Self.script(filter, callback)
      return callback == .body ? .noreply : status
    }
  }

  @Test func `A refusal by body is attributed to body`() throws {
    try expect("body would have answered: reject") { filter, callback in
      callback == .body ? .reject : try Self.script(filter, callback)
    }
  }
}
