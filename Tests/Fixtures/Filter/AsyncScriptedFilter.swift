package import MilterKit

/// An async filter with every callback, which follows a test's script in each, and records the calls.
package final class AsyncScriptedFilter: AsyncMilter {
  package typealias Script =
    nonisolated(nonsending) @Sendable (AsyncScriptedFilter, MilterCallback) async throws -> Status

  private let script: Script
  private let journal: Journal?
  /// The last body chunk.
  package private(set) var chunk: [UInt8] = []
  /// The options that the filter asks for; a script may change them in negotiate.
  package var wanted = MilterOptions(actions: [], steps: [])

  package init(
    _ journal: Journal? = nil,
    _ script: @escaping Script = { _, _ in .continue }
  ) {
    self.journal = journal
    self.script = script
  }

  package required init() {
    journal = nil
    script = { _, _ in .continue }
  }

  nonisolated(nonsending) private func play(
    _ callback: MilterCallback, _ arguments: [String] = []
  ) async throws -> Status {
    journal?.note(([callback.description] + arguments).joined(separator: " "))
    return try await script(self, callback)
  }

  package override func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) async throws -> Status {
    wanted = options
    let status = try await play(.negotiate)
    options = wanted
    return status
  }
  package override func connect(_ host: String, _ address: MilterAddress?) async throws -> Status {
    try await play(.connect, [host, address?.description ?? "unknown"])
  }
  package override func helo(_ host: String) async throws -> Status {
    try await play(.helo, [host])
  }
  package override func envfrom(_ sender: String, _ args: [String]) async throws -> Status {
    try await play(.envfrom, [sender] + args)
  }
  package override func envrcpt(_ recipient: String, _ args: [String]) async throws -> Status {
    try await play(.envrcpt, [recipient] + args)
  }
  package override func data() async throws -> Status { try await play(.data) }
  package override func unknown(_ command: String) async throws -> Status {
    try await play(.unknown, [command])
  }
  package override func header(_ name: String, _ value: String) async throws -> Status {
    try await play(.header, [name, value])
  }
  package override func eoh() async throws -> Status { try await play(.eoh) }
  package override func body(_ chunk: [UInt8]) async throws -> Status {
    self.chunk = chunk
    return try await play(.body, ["\(chunk.count)"])
  }
  package override func eom() async throws -> Status { try await play(.eom) }
  package override func abort() async { _ = try? await play(.abort) }
  package override func close() async { _ = try? await play(.close) }
  package override func messageEnded() { journal?.note("messageEnded") }
}
