// Keeps a copy of every message in a maildir; see README.md.

import MilterKit

@main
final class Journal: Milter {
  private static let maildir = MilterSetting(
    "maildir", argument: "DIR", default: "journal",
    help: "where messages are kept; made if it is not there")

  override class var name: String { "journal" }
  override class var programOptions: [any MilterProgramOption] { [maildir.untilRestart] }
  override class var actions: MilterActionFlags { [] }
  override class var leadingSpace: Bool { true }

  override class func prepare() throws {
    let folder = Maildir(maildir.value)
    try folder.make()
    folder.clean()
  }

  private let maildir: Maildir
  private var client = "unknown"

  @PerMessage private var envelope: [UInt8] = []
  @PerMessage private var headers: [UInt8] = []
  /// The copy; it is deleted with the message's state unless it was finished.
  @PerMessage private var delivery: Maildir.Delivery?

  required convenience init() { self.init(Maildir(Self.maildir.value)) }

  init(_ maildir: Maildir) { self.maildir = maildir }

  override func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
    client = "\(host) (\(address?.text ?? "unknown"))"
    return .continue
  }

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
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
    headers += rawHeader
    return .continue
  }

  override func eoh() throws -> Status { try keeping { _ in } }

  override func body(_ chunk: RawSpan) throws -> Status {
    try keeping { delivery in try chunk.withUnsafeBytes { try delivery.write($0) } }
  }

  override func eom() throws -> Status {
    return try keeping {
      let name = try $0.finish()
      log.info("kept as \(name)")
    }
  }

  override func close() { client = "unknown" }

  /// Writes, whichever step of the message comes first; what cannot be kept is put off.
  private func keeping(_ work: (Maildir.Delivery) throws -> Void) throws -> Status {
    do {
      try work(delivery ?? begin())
      return .continue
    } catch {
      delivery = nil
      log.error("\(error)")
      try setreply("451", "4.3.0", "The message cannot be kept, please try again later")
      return .tempfail
    }
  }

  private func begin() throws -> Maildir.Delivery {
    let delivery = try maildir.begin()
    self.delivery = delivery
    try delivery.write(envelope + headers + [0x0D, 0x0A])
    return delivery
  }

  /// A header of our own; what would end its line does not come in.
  private func note(_ name: String, _ words: some Collection<[UInt8]>) {
    let value = words.joined(separator: [0x20]).map { $0 < 0x20 || $0 == 0x7F ? 0x3F : $0 }
    envelope += Array("\(name): ".utf8) + value + [0x0D, 0x0A]
  }
}
