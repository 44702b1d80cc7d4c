// journal: keeps a copy of every message in a maildir.
//
//   swift run journal --try Samples/messages/hello.eml --maildir /tmp/journal
//   swift run journal --socket inet:8896@127.0.0.1 --maildir /tmp/journal
//
// The example filter in libmilter's documentation also writes each message to a file. README.md has the
// option, and the lines for Postfix and Sendmail.

import MilterKit

@main
final class Journal: Milter {
  private static let maildir = MilterSetting(
    "maildir", argument: "DIR", default: "journal",
    help: "the folder for the messages; made if it does not exist")

  override class var name: String { "journal" }
  override class var programOptions: [any MilterProgramOption] { [maildir.untilRestart] }
  override class var actions: MilterActionFlags { [] }
  /// The copy has header fields byte for byte.
  override class var leadingSpace: Bool { true }

  override class func prepare() throws {
    let folder = Maildir(maildir.value)
    try folder.make()
    folder.clean()
  }

  private let maildir: Maildir
  private var peer = "unknown"

  @PerMessage private var envelope: [UInt8] = []
  @PerMessage private var headers: [UInt8] = []
  /// The copy.
  ///
  /// It is deleted with the message's state unless it was finished.
  @PerMessage private var delivery: MaildirDelivery?

  required convenience init() { self.init(Maildir(Self.maildir.value)) }

  init(_ maildir: Maildir) { self.maildir = maildir }

  override func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
    peer = "\(host) (\(address?.text ?? "unknown"))"
    return .continue
  }

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    note("Return-Path", rawArguments.prefix(1))
    note("X-Envelope-Client", [Array(peer.utf8)])
    note("X-Envelope-From", rawArguments)
    return .continue
  }

  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    note("X-Envelope-To", rawArguments)
    return .continue
  }

  override func header(_ name: String, _ value: String) throws -> Status {
    headers += rawHeader
    return .continue
  }

  override func eoh() throws -> Status {
    try withDelivery { _ in }
  }

  override func body(_ chunk: RawSpan) throws -> Status {
    try withDelivery { delivery in
      try chunk.withUnsafeBytes { try delivery.write($0) }
    }
  }

  override func eom() throws -> Status {
    try withDelivery { delivery in
      let name = try delivery.finish()
      log.info("kept as \(name)")
    }
  }

  override func close() { peer = "unknown" }

  /// Performs work on the copy, which begins with the first step after the envelope.
  ///
  /// A message that cannot be kept is deferred.
  private func withDelivery(_ work: (MaildirDelivery) throws -> Void) throws -> Status {
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

  private func begin() throws -> MaildirDelivery {
    let delivery = try maildir.begin()
    self.delivery = delivery
    try delivery.write(envelope + headers + Array("\r\n".utf8))
    return delivery
  }

  /// Adds a header field of the filter to the envelope.
  ///
  /// Control characters become `?`, so that no word can end the line.
  private func note(_ name: String, _ words: some Collection<[UInt8]>) {
    let value = words.joined(separator: [UInt8(ascii: " ")]).map { byte in
      byte < 0x20 || byte == 0x7F ? UInt8(ascii: "?") : byte
    }
    envelope += Array("\(name): ".utf8) + value + Array("\r\n".utf8)
  }
}
