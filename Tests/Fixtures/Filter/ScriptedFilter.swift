package import MilterKit

/// A filter with every callback, which follows a test's script in each, and records the calls.
package final class ScriptedFilter: Milter {
  package typealias Script = @Sendable (ScriptedFilter, MilterCallback) throws -> Status

  package let script: Script
  private let journal: Journal?
  /// The last body chunk.
  package private(set) var chunk: [UInt8] = []
  /// The MTA's offer.
  package private(set) var offered = MilterOptions(actions: [], steps: [])
  /// The options that the filter asks for; a script may change them in negotiate.
  package var wanted = MilterOptions(actions: [], steps: [])
  /// The last callback's arguments as text.
  package private(set) var arguments: [String] = []

  package init(_ journal: Journal? = nil, _ script: @escaping Script = { _, _ in .continue }) {
    self.journal = journal
    self.script = script
  }

  package required init() {
    journal = nil
    script = { _, _ in .continue }
  }

  /// Returns a filter with the same script, whose statuses before eom are replaced by continue.
  package func continuingUntilEom() -> ScriptedFilter {
    let script = script
    return ScriptedFilter(journal) { filter, callback in
      let status = try script(filter, callback)
      return callback == .eom ? status : .continue
    }
  }

  private func play(_ callback: MilterCallback, _ arguments: [String] = []) throws -> Status {
    self.arguments = arguments
    journal?.note(([callback.description] + arguments).joined(separator: " "))
    return try script(self, callback)
  }

  package override func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) throws -> Status {
    self.offered = offered
    wanted = options
    defer { options = wanted }
    return try play(.negotiate)
  }
  package override func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
    try play(.connect, [host, address?.description ?? "unknown"])
  }
  package override func helo(_ host: String) throws -> Status { try play(.helo, [host]) }
  package override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    try play(.envfrom, [sender] + args)
  }
  package override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    try play(.envrcpt, [recipient] + args)
  }
  package override func data() throws -> Status { try play(.data) }
  package override func unknown(_ command: String) throws -> Status {
    try play(.unknown, [command])
  }
  package override func header(_ name: String, _ value: String) throws -> Status {
    try play(.header, [name, value])
  }
  package override func eoh() throws -> Status { try play(.eoh) }
  package override func body(_ chunk: RawSpan) throws -> Status {
    self.chunk = chunk.withUnsafeBytes { Array($0) }
    return try play(.body, ["\(chunk.byteCount)"])
  }
  package override func eom() throws -> Status { try play(.eom) }
  package override func abort() { _ = try? play(.abort) }
  package override func close() { _ = try? play(.close) }
}
