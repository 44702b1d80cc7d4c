// Keeps a copy of every message in a maildir; see README.md.

import MilterKit

@main
final class Journal: Milter {
  private static let maildir = MilterSetting(
    "maildir", "DIR", default: "journal", "where messages are kept; made if it is not there")

  override class var name: String { "journal" }
  override class var programOptions: [any MilterProgramOption] { [maildir] }
  override class var actions: MilterActionFlags { [] }
  override class func prepare() throws { try Maildir(maildir.value).make() }

  private let maildir: Maildir
  private var client = "unknown"

  // About the message; see `abort`.
  private var envelope: [UInt8] = []
  private var headers: [UInt8] = []
  private var delivery: Maildir.Delivery?

  required convenience init() { self.init(Maildir(Self.maildir.value)) }

  init(_ maildir: Maildir) { self.maildir = maildir }

  override func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
    client = "\(host) (\(address?.text ?? "unknown"))"
    return .continue
  }

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    forgetMessage()
    note("Return-Path", rawArguments.prefix(1))
    note("X-Envelope-Client", [Array(client.utf8)])
    note("X-Envelope-From", rawArguments[...])
    return .continue
  }

  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    note("X-Envelope-To", rawArguments[...])
    return .continue
  }

  override func header(_ name: String, _ value: String) throws -> Status {
    headers += rawArguments[0] + Array(": ".utf8) + rawArguments[1] + [0x0A]
    return .continue
  }

  override func eoh() throws -> Status {
    let delivery = try maildir.begin()
    try delivery.write(envelope + headers + [0x0A])
    self.delivery = delivery
    return .continue
  }

  override func body(_ chunk: RawSpan) throws -> Status {
    try chunk.withUnsafeBytes { try delivery?.write($0) }
    return .continue
  }

  override func eom() throws -> Status {
    let name = try delivery?.finish()
    log.info("kept as \(name ?? "nothing")")
    forgetMessage()
    return .continue
  }

  override func abort() { forgetMessage() }

  override func close() { client = "unknown" }

  /// A header of our own; what would end its line does not come in.
  private func note(_ name: String, _ words: some Collection<[UInt8]>) {
    let value = words.joined(separator: [0x20]).map { $0 < 0x20 || $0 == 0x7F ? 0x3F : $0 }
    envelope += Array("\(name): ".utf8) + value + [0x0A]
  }

  private func forgetMessage() {
    envelope = []
    headers = []
    delivery = nil  // deletes what was not finished
  }
}
