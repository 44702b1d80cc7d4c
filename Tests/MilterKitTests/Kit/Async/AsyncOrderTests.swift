import Foundation
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Testing

/// The order of callbacks, and their data after a suspension.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct AsyncOrderTests {
  @Test func `Callbacks of a connection never overlap, however they suspend`() throws {
    let (desk, journal) = (CountingActor(), Journal())
    let server = try TestServer {
      AsyncScriptedFilter(journal) { filter, callback in
        if callback == .negotiate {
          filter.wanted.steps.formUnion([
            .nrConn, .nrHelo, .nrMail, .nrRcpt, .nrData, .nrHdr, .nrEoh, .nrBody,
          ])
        }
        await Task.yield()
        // While this callback waits for the actor, another callback of the connection could begin.
        _ = await desk.next()
        await withTaskGroup(of: Void.self) { group in
          for _ in 0..<3 { group.addTask { await Task.yield() } }
        }
        journal.note("end")
        return callback == .negotiate || callback == .eom ? .continue : .noreply
      }
    }
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    let header = MTACommand.header(name: bytes("Subject"), value: bytes("hi"))
    let envelope: [MTACommand] = [.mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")]), .data]
    let commands =
      [.connect(host: bytes("mx"), address: nil), .helo(bytes("x"))] + envelope
      + [header, .abort] + envelope + [header, header, .eoh, .body([0x61]), .endOfBody([])]
    // All commands are sent at once, because only the end of the message has a reply.
    try mta.send(bytes: commands.flatMap(\.bytes))
    #expect(try mta.receive() == .continue)
    try mta.quit()
    server.server.stop()
    let calls = journal.all.filter { $0 != "messageEnded" }
    // A callback that is canceled, because its message is aborted, also ends before the next one.
    #expect(calls.indices.allSatisfy { (calls[$0] == "end") == ($0 % 2 == 1) }, "\(calls)")
    #expect(
      calls.filter { $0 != "end" } == [
        "negotiate", "connect mx unknown", "helo x", "envfrom <a@b>", "envrcpt <c@d>", "data",
        "header Subject hi", "abort", "envfrom <a@b>", "envrcpt <c@d>", "data",
        "header Subject hi", "header Subject hi", "eoh", "body 1", "eom", "close",
      ])
  }

  @Test func `The arguments' bytes exist after an await, even if more commands have arrived`()
    throws
  {
    let (room, journal) = (WaitingRoom(), Journal())
    let server = try TestServer {
      AsyncScriptedFilter(journal) { filter, callback in
        if callback == .negotiate { filter.wanted.steps.formUnion([.nrHdr, .nrEoh, .nrBody]) }
        if callback == .eoh { return .noreply }
        guard callback == .header || callback == .body else { return .continue }
        let before = filter.rawArguments
        try await room.wait()
        let isSame = filter.rawArguments == before
        let sizes = before.map { "\($0.count)" }.joined(separator: " ")
        let field = callback == .header ? " \(filter.rawHeader.count)" : ""
        journal.note("\(isSame ? "same" : "other") \(sizes)\(field) \(filter.chunk.count)")
        return .noreply
      }
    }
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope(.data)
    let headers = (1...4).map { number in
      MTACommand.header(
        name: bytes("X-\(number)"), value: [UInt8](repeating: 0x61, count: number * 10_000))
    }
    try mta.send(bytes: headers.flatMap(\.bytes))
    try wait(for: "a suspended callback") { room.waitingCount == 1 }
    // These commands do not fit into the buffer, which still has the suspended callback's command.
    try mta.send(.eoh, .body([UInt8](repeating: 0x62, count: 60_000)))
    room.open()
    #expect(try mta.ask(.endOfBody([])) == [.continue])
    #expect(
      journal.all.filter { $0.hasPrefix("same") || $0.hasPrefix("other") } == [
        "same 3 10000 10007 0", "same 3 20000 20007 0", "same 3 30000 30007 0",
        "same 3 40000 40007 0", "same 60000 60000",
      ])
  }

  @Test func `Numbers are correct while callbacks are suspended`() throws {
    let directory = try ScratchDirectory()
    let path = directory.path + "/async.prom"
    let room = WaitingRoom()
    let server = try TestServer(configure: {
      $0.metrics = MilterMetrics(file: path, filter: "Async", interval: .milliseconds(100))
    }) {
      AsyncScriptedFilter { filter, callback in
        guard callback == .eom else { return .continue }
        await Task.yield()
        try filter.progress()
        try await room.wait()
        return .accept
      }
    }
    let mta = try server.connect()
    let negotiated = try mta.greet().flatMap(\.bytes).count
    try mta.envelope()
    let answered = 4 * FilterReply.continue.bytes.count
    let sent = negotiated + answered + FilterReply.progress.bytes.count
    try mta.send(.endOfBody([]))
    #expect(try mta.receive() == .progress)
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
      let labels = labels.merging(["filter": "Async"]) { $1 }
      return (try? PrometheusParser(text))?["milter_" + name, labels]
    }
    // The progress reply of a suspended callback is counted, although the callback has no thread.
    try wait(for: "the progress reply in the counters") {
      value("sent_bytes_total") == Double(sent)
    }
    #expect(value("connections_open") == 1)
    #expect(value("messages_total") == 1)
    #expect(value("callback_duration_seconds_count", ["callback": "eom"]) ?? 0 == 0)
    #expect(room.waitingCount == 1)
    room.open()
    #expect(try mta.receive() == .accept)
    // The duration is counted before the answer, and the file may be written in between.
    for (name, labels) in [
      ("callback_duration_seconds_count", ["callback": "eom"]),
      ("answers_total", ["callback": "eom", "status": "accept"]),
    ] {
      try wait(for: "\(name) in the file") { value(name, labels) == 1 }
    }
  }
}
