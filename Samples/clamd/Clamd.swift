// clamd: has clamd scan messages for viruses while they arrive.
//
//   swift run clamd --try Samples/messages/hello.eml --clamd /run/clamav/clamd.ctl
//   swift run clamd --socket inet:8897@127.0.0.1 --clamd /run/clamav/clamd.ctl
//
// A C filter with this purpose is clamav-milter. README.md has the options, and the lines for Postfix and
// Sendmail.

import MilterKit

@main
final class Clamd: Milter {
  /// The action on mail that could not be scanned.
  enum Fallback: String, CaseIterable, Sendable {
    case tempfail
    case accept
  }

  private static let address = MilterSetting(
    "clamd", argument: "SOCKET", default: "/run/clamav/clamd.ctl",
    help: "clamd's socket, a path or HOST:PORT")
  private static let timeout = MilterSetting(
    "clamd-timeout", argument: "SECONDS", default: 60, in: 1...3600,
    help: "how long clamd may take for a message, all steps together")
  private static let fallback = MilterSetting(
    "fallback", default: Fallback.tempfail, help: "the action on mail that cannot be scanned")

  override class var name: String { "clamd" }
  override class var programOptions: [any MilterProgramOption] { [address, timeout, fallback] }
  override class var answerTime: Int? { timeout.value }
  override class var actions: MilterActionFlags { [.addhdrs, .chghdrs] }
  /// clamd gets header fields byte for byte.
  override class var leadingSpace: Bool { true }

  /// The field with the result.
  private static let field = "X-Virus-Status"

  private let address: String
  private let timeout: Int
  private let fallback: Fallback

  @PerMessage private var headers: [UInt8] = []
  /// The number of result fields that the sender wrote.
  @PerMessage private var forgedFields = 0
  @PerMessage private var scan: ClamdScan?
  @PerMessage private var hasFailed = false

  required convenience init() {
    self.init(Self.address.value, timeout: Self.timeout.value, fallback: Self.fallback.value)
  }

  init(_ address: String, timeout: Int, fallback: Fallback) {
    self.address = address
    self.timeout = timeout
    self.fallback = fallback
  }

  override func header(_ name: String, _ value: String) throws -> Status {
    if name.lowercased() == Self.field.lowercased() { forgedFields += 1 }
    headers += rawHeader
    return .continue
  }

  override func eoh() throws -> Status {
    try withScan { _ in }
  }

  override func body(_ chunk: RawSpan) throws -> Status {
    try withScan { scan in
      try chunk.withUnsafeBytes { try scan.add($0) }
    }
  }

  override func eom() throws -> Status {
    var virus: String?
    let status = try withScan { virus = try $0.virus() }
    guard status == .continue else { return status }
    if let virus {
      log.notice("refused: \(virus)")
      try setreply("550", "5.7.1", "Virus found: \(virus)")
      return .reject
    }
    try delheaders(Self.field, forgedFields)
    try addheader(Self.field, hasFailed ? " Not scanned" : " Clean")
    return .continue
  }

  /// Performs work on the scan, which begins with the first step after the header.
  ///
  /// After a failure, the message is not scanned any more.
  private func withScan(_ work: (ClamdScan) throws -> Void) throws -> Status {
    guard !hasFailed else { return .continue }
    do {
      try work(scan ?? begin())
      return .continue
    } catch {
      scan = nil
      hasFailed = true
      log.error("clamd: \(error)")
      return try answer(to: error)
    }
  }

  private func begin() throws -> ClamdScan {
    let scan = try ClamdScan(address, timeout: timeout)
    self.scan = scan
    try (headers + Array("\r\n".utf8)).withUnsafeBytes { try scan.add($0) }
    return scan
  }

  /// Returns the status for a message that cannot be scanned.
  private func answer(to error: any Error) throws -> Status {
    guard fallback == .tempfail else { return .continue }
    let failure = error as? ClamdScan.Failure
    if failure?.isSizeLimit == true {
      try setreply("451", "4.3.4", "The message is too large for the virus scanner")
    } else {
      try setreply("451", "4.7.1", "The virus scanner cannot be reached, please try again later")
    }
    return .tempfail
  }
}
