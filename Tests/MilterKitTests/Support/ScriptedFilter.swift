import MilterKit

/// A filter with every callback, which does in each what a test says, and notes it.
final class ScriptedFilter: Milter {
  typealias Script = @Sendable (ScriptedFilter, MilterCallback) throws -> Status

  let script: Script
  private let journal: Journal?
  /// The last body chunk.
  private(set) var chunk: [UInt8] = []
  /// The last callback's arguments as text.
  private(set) var arguments: [String] = []

  init(_ journal: Journal? = nil, _ script: @escaping Script = { _, _ in .continue }) {
    self.journal = journal
    self.script = script
  }

  required init() {
    journal = nil
    script = { _, _ in .continue }
  }

  private func play(_ callback: MilterCallback, _ arguments: [String] = []) throws -> Status {
    self.arguments = arguments
    journal?.note(([callback.description] + arguments).joined(separator: " "))
    return try script(self, callback)
  }

  override func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) throws -> Status { try play(.negotiate) }
  override func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
    try play(.connect, [host, address?.description ?? "unknown"])
  }
  override func helo(_ host: String) throws -> Status { try play(.helo, [host]) }
  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    try play(.envfrom, [sender] + args)
  }
  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    try play(.envrcpt, [recipient] + args)
  }
  override func data() throws -> Status { try play(.data) }
  override func unknown(_ command: String) throws -> Status { try play(.unknown, [command]) }
  override func header(_ name: String, _ value: String) throws -> Status {
    try play(.header, [name, value])
  }
  override func eoh() throws -> Status { try play(.eoh) }
  override func body(_ chunk: RawSpan) throws -> Status {
    self.chunk = chunk.withUnsafeBytes { Array($0) }
    return try play(.body, ["\(chunk.byteCount)"])
  }
  override func eom() throws -> Status { try play(.eom) }
  override func abort() { _ = try? play(.abort) }
  override func close() { _ = try? play(.close) }
}
