import MilterFilterFixtures
import MilterKit
import MilterMTA
import Testing

/// A filter with a real and a simulated MTA.
struct Simulation {
  let pair: MTAPair
  let server: FilterServer
  let play: Play
  /// The macros that callbacks record; macros that depend on the time or the machine are left out.
  private static let macros = [
    "j", "_", "v", "i", "{daemon_name}", "{client_addr}", "{auth_authen}", "{tls_version}",
    "{mail_addr}", "{mail_host}", "{mail_mailer}", "{rcpt_addr}", "{rcpt_host}", "{rcpt_mailer}",
    "{msg_id}",
  ]

  /// Plays a session with both MTAs, and expects no difference.
  func compare(
    _ what: String, _ lines: [ClientLine], quits: Bool = true,
    _ location: SourceLocation = #_sourceLocation,
    _ script: @escaping ScriptedFilter.Script = { _, _ in .continue }
  ) throws {
    try compare(
      what, real: { try pair.playReal(lines, quits, &$0) },
      simulated: { try pair.playSimulated(lines, &$0) }, location, script)
  }

  /// Does the same with both MTAs, and expects no difference.
  func compare(
    _ what: String, real: (inout SessionRecord) throws -> Void,
    simulated: (inout SessionRecord) throws -> Void, _ location: SourceLocation = #_sourceLocation,
    _ script: @escaping ScriptedFilter.Script
  ) throws {
    let real = try record(script, real)
    let simulated = try record(script, simulated)
    let differences = simulated.differences(from: real)
    #expect(differences == [], "\(pair.kind), \(what)", sourceLocation: location)
  }

  /// Plays a message with both MTAs, and expects the same reply, the same header fields in the filter, and
  /// the same queue.
  ///
  /// The simulated MTA plays the message as a whole.
  func compareContent(
    _ what: String, _ message: [UInt8], _ location: SourceLocation = #_sourceLocation,
    _ script: @escaping ScriptedFilter.Script = { _, _ in .continue }
  ) throws {
    func record(_ session: (inout SessionRecord) throws -> Void) throws -> SessionRecord {
      var record = try self.record(script, session)
      record.callbacks = record.callbacks.filter {
        $0.hasPrefix("header ") || $0.hasPrefix("body ")
      }
      record.packets = []
      return record
    }
    let real = try record {
      try pair.playReal([.ehlo("client.example")] + ClientLine.message(message), true, &$0)
    }
    let simulated = try record { try pair.playSimulated(whole: message, &$0) }
    let differences = simulated.differences(from: real).map { $0.prefix(500) }
    #expect(differences == [], "\(pair.kind), \(what)", sourceLocation: location)
  }

  /// Runs a script in the filter, and records the arguments of the callbacks.
  private func record(
    _ script: @escaping ScriptedFilter.Script, _ session: (inout SessionRecord) throws -> Void
  ) throws -> SessionRecord {
    let macros = Journal()
    play.set { filter, callback in
      let known = Self.macros.compactMap { name in
        filter.getsymval(name).map { "\(name)=\(name == "v" ? String($0.prefix(1)) : $0)" }
      }
      macros.note(" " + known.joined(separator: " "))
      return try script(filter, callback)
    }
    let before = server.packets.count
    var record = SessionRecord()
    try session(&record)
    let lines = try play.lines()
    // Each callback is recorded before its macros, so those of close may come a moment later.
    let seen = try poll(for: "the macros of close") {
      macros.all.count == lines.count ? macros.all : nil
    }
    record.callbacks = zip(lines, seen).map { Self.anonymous($0 + $1) }
    record.packets = Array(server.packets.dropFirst(before))
    return record
  }

  /// Returns the line without the ports and queue IDs, which differ between sessions.
  private static func anonymous(_ line: String) -> String {
    line.replacing(#/ 127\.0\.0\.1:\d+/#, with: " 127.0.0.1").replacing(#/ i=\w+/#, with: " i")
  }
}

/// Starts a filter and an MTA that uses it, and runs `body` with the real and the simulated MTA.
func withSimulation(
  _ kind: RealMTA.Kind, _ settings: RealMTA.Settings = .init(),
  adjust: @escaping (inout MTAProfile) -> Void = { _ in }, _ body: (Simulation) throws -> Void
) async throws {
  let play = Play()
  try await withFilter(
    kind, settings, configure: { $0.log.level = .debug }, making: { play.makeFilter() }
  ) { mta, server in
    try body(
      Simulation(
        pair: MTAPair(kind: kind, mta: mta, socket: server.socket, adjust: adjust), server: server,
        play: play))
  }
}
