import MilterKit

/// A filter that requests every step and accepts all mail.
final class Watcher: Milter {
  override func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) throws -> Status {
    options.steps.formUnion(offered.steps.intersection(.rcptRej))
    return .continue
  }

  override func connect(_ host: String, _ address: MilterAddress?) throws -> Status { .continue }
  override func helo(_ host: String) throws -> Status { .continue }
  override func envfrom(_ sender: String, _ args: [String]) throws -> Status { .continue }
  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status { .continue }
  override func data() throws -> Status { .continue }
  override func unknown(_ command: String) throws -> Status { .continue }
  override func header(_ name: String, _ value: String) throws -> Status { .continue }
  override func eoh() throws -> Status { .continue }
  override func body(_ chunk: RawSpan) throws -> Status { .continue }
  override func eom() throws -> Status { .continue }
}
