@testable import MilterKit
import MilterMail
import MilterMessageFixtures
import MilterTesting
import Testing

/// The actions for the changes to a message.
@Suite struct PlanTests {
  private static func message(_ mta: MTAIdentity.Kind = .postfix) throws -> MilterMessage {
    try MilterMessage(
      from: "a@example.org", to: ["b@example.org", "c@example.net"],
      headers: ["Received": "one", "Received": "two", "Subject": "Hello", "X-A": "1", "x-a": "2"],
      body: "Hello!\n", mta: mta)
  }

  private static func plan(
    _ mta: MTAIdentity.Kind = .postfix, _ change: (inout MilterMessage) throws -> Void
  ) throws -> [String] {
    var message = try message(mta)
    try change(&message)
    return try message.plan.actions.map(\.description)
  }

  @Test func `An assignment changes the first field of a name and removes the others`() throws {
    #expect(
      try Self.plan { $0.headers["X-A"] = "3" } == [
        "chgheader X-A 1: 3", "chgheader x-a 2, deleted",
      ])
    #expect(
      try Self.plan { $0.headers["subject"] = "[list] Hello" } == [
        "chgheader Subject 1: [list] Hello"
      ])
    #expect(try Self.plan { $0.headers["X-New"] = "v" } == ["addheader X-New: v"])
    #expect(
      try Self.plan { $0.headers["X-A"] = nil }
        == ["chgheader x-a 2, deleted", "chgheader X-A 1, deleted"])
    #expect(try Self.plan { $0.headers["Subject"] = "Hello" } == [])
  }

  @Test func `Deletions go from the last to the first, after changes`() throws {
    let plan = try Self.plan { message in
      message.headers.removeAll("Received")
      message.headers["Subject"] = "x"
    }
    #expect(
      plan == [
        "chgheader Subject 1: x", "chgheader Received 2, deleted", "chgheader Received 1, deleted",
      ])
  }

  @Test func `Among equal fields, the named one is changed`() throws {
    var message = try MilterMessage(headers: ["X": "1", "X": "1", "X": "1"])
    message.headers.remove(message.headers[1])
    #expect(try message.plan.description == "chgheader X 2, deleted")
  }

  @Test func `Positions are counted as the MTA counts them`() throws {
    func change(_ message: inout MilterMessage) throws {
      let subject = message.headers[2]
      message.headers.remove(message.headers[0])
      try message.headers.insert(MilterMessage.Field("X-N", "n"), before: subject)
      try message.headers.prepend("X-Top", "t")
      try message.headers.append("X-End", "e")
    }
    #expect(
      try Self.plan(.postfix, change) == [
        "chgheader Received 1, deleted", "insheader 1 X-Top: t", "insheader 3 X-N: n",
        "addheader X-End: e",
      ])
    // Sendmail also counts the seven default fields of its configuration, and the deleted field.
    #expect(
      try Self.plan(.sendmail, change) == [
        "chgheader Received 1, deleted", "insheader 1 X-Top: t", "insheader 11 X-N: n",
        "insheader 2147483647 X-End: e",
      ])
  }

  @Test func `Replacing a field of the same name is one change`() throws {
    let plan = try Self.plan { message in
      let field = message.headers[2]
      try message.headers.insert(.init("Subject", "new"), after: field)
      message.headers.remove(field)
    }
    #expect(plan == ["chgheader Subject 1: new"])
  }

  @Test func `A field that moves is deleted and inserted, and the others stay unchanged`() throws {
    let plan = try Self.plan { try $0.headers.insert($0.headers[3], before: $0.headers[0]) }
    #expect(plan == ["chgheader X-A 1, deleted", "insheader 1 X-A: 1"])
  }

  @Test func `The spelling of a name is changed where the MTA changes it`() throws {
    let change = { (message: inout MilterMessage) in
      try message.headers.replace(message.headers[2], with: .init("SUBJECT", "x"))
    }
    #expect(try Self.plan(.postfix, change) == ["chgheader SUBJECT 1: x"])
    #expect(
      try Self.plan(.sendmail, change) == [
        "chgheader Subject 1, deleted", "insheader 10 SUBJECT: x",
      ])
    #expect(
      try Self.plan(.postfix) {
        try $0.headers.replace($0.headers[2], with: .init("Subject2", "x"))
      }
        == ["chgheader Subject 1, deleted", "insheader 3 Subject2: x"])
  }

  @Test func `The body comes last, and may be empty`() throws {
    let plan = try Self.plan { message in
      try message.body.replace(with: "")
      try message.quarantine("odd")
      try message.recipients.append("d@example.org", arguments: ["NOTIFY=NEVER"])
      message.recipients.removeAll { $0.address.domain == "example.net" }
      message.sender = try .init("x@example.org")
    }
    #expect(
      plan == [
        "chgfrom <x@example.org>", "delrcpt <c@example.net>",
        "addrcptPar <d@example.org> NOTIFY=NEVER", "quarantine: odd", "replacebody, 0 bytes",
      ])
    #expect(try Self.plan { try $0.body.replace(with: "Hello!\n") } == [])
    #expect(try Self.plan { try $0.body.replace(with: "Hello") } == ["replacebody, 7 bytes"])
  }

  @Test func `Arguments survive a new address`() throws {
    var outcomes: [[String]] = []
    for profile in [MTAProfile.postfix, .sendmail] {
      let filter = Filter()
      var mail = MTAMail(from: "a@example.org", to: "b@example.org")
      mail.envelope.sender.arguments = [Array("SIZE=10".utf8), Array("RET=HDRS".utf8)]
      mail.envelope.recipients[0].arguments = [Array("NOTIFY=NEVER".utf8)]
      let result = TestMTA(profile, filter: filter).send(mail).result.envelope
      outcomes.append([result.sender.description, result.recipients[0].description])
    }
    let expected = ["<new@example.org> SIZE=10 RET=HDRS", "<other@example.org> NOTIFY=NEVER"]
    #expect(outcomes == [expected, expected])
  }

  private final class Filter: MessageMilter {
    nonisolated(nonsending) override func message(_ message: inout MilterMessage) async throws
      -> Status
    {
      message.sender = try message.sender.replacingAddress(with: "new@example.org")
      try message.recipients.replace(message.recipients[0], with: "other@example.org")
      return .accept
    }
  }

  @Test func `A field that Postfix may have cut is never written back`() throws {
    let large = MTAHeader("X-Large", String(repeating: "x", count: 70_000))
    let mail = MTAMail(
      MTAMessage(headers: [MTAHeader("A", "1"), large, MTAHeader("B", "2")]))
    var message = try MilterMessage(eml: mail.message.bytes)
    let field = message.headers[1]
    #expect(field.mayBeCut)
    #expect(throws: MilterError(.invalidArgument, "")) {
      try message.headers.insert(field, before: message.headers[0])
    }
    #expect(throws: MilterError(.invalidArgument, "")) { try message.headers.append(field) }
    #expect(throws: MilterError(.invalidArgument, "")) {
      try message.headers.replace(field, with: "short")
    }
    // Other fields can still move past it.
    try message.headers.insert(message.headers[2], before: message.headers[0])
    #expect(
      try message.plan.actions.map(\.description) == ["chgheader B 1, deleted", "insheader 1 B: 2"])
    message.headers.remove(field)
    #expect(
      try message.plan.actions.map(\.description).contains("chgheader X-Large 1, deleted"))
  }

  @Test func `A copy of a field that may be cut replaces no field`() throws {
    let large = MTAHeader("Content-X", String(repeating: "x", count: 70_000))
    let mail = MTAMail(
      MTAMessage(headers: [MTAHeader("A", "1"), large], body: Array("x\r\n".utf8)))
    var message = try MilterMessage(eml: mail.message.bytes)
    #expect(throws: MilterError(.invalidArgument, "")) {
      try message.headers.replace(message.headers[0], with: message.headers[1])
    }
    #expect(throws: MilterError(.invalidArgument, "")) {
      try message.editParts { try $1.attach(MIMEEntity(text: "more")) }
    }
    #expect(try message.plan.isEmpty)
    // The field Content-X is removed together with the content that it describes.
    try message.editParts { try $1.replace($0.root, with: MIMEEntity(text: "other")) }
    #expect(message.headers.first("Content-X") == nil)
  }

  @Test func `A field is never changed to a value that deletes it`() throws {
    let eml = Array("X:\r\nA: 1\r\nX: foo\r\n\r\n".utf8)
    var moved = try MilterMessage(eml: eml)
    let empty = moved.headers[0]
    moved.headers.remove(moved.headers[2])
    try moved.headers.insert(empty, after: moved.headers[1])
    #expect(
      try moved.plan.actions.map(\.description).filter { $0.hasPrefix("chgheader") }
        == ["chgheader X 2, deleted", "chgheader A 1, deleted"])
    var replaced = try MilterMessage(eml: eml)
    try replaced.headers.replace(replaced.headers[2], with: empty)
    #expect(
      try replaced.plan.actions.map(\.name) == ["chgheader", "addheader"])
  }

  @Test func `A new argument of the sender keeps the client's`() throws {
    var outcomes: [Set<String>] = []
    for profile in [MTAProfile.postfix, .sendmail] {
      let filter = ClosureMilter { message in
        message.sender = try .init(
          message.sender.text, arguments: message.sender.arguments + ["ENVID=a+2B"])
        return .accept
      }
      var mail = MTAMail(from: "a@example.org")
      mail.envelope.sender.arguments = ["SIZE=10", "BODY=8BITMIME", "RET=HDRS"].map {
        Array($0.utf8)
      }
      let sender = TestMTA(profile, filter: filter).send(mail).result.envelope.sender
      outcomes.append(Set(sender.arguments.map { String(decoding: $0, as: UTF8.self) }))
    }
    let expected: Set = ["SIZE=10", "BODY=8BITMIME", "RET=HDRS", "ENVID=a+2B"]
    #expect(outcomes == [expected, expected])
  }
}
