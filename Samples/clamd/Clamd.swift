// Has clamd look for viruses while the message arrives; see README.md.

import MilterKit

@main
final class Clamd: Milter {
  /// The action on mail that could not be scanned.
  enum Fallback: String, CaseIterable, Sendable { case tempfail, accept }

  private static let address = MilterSetting(
    "clamd", argument: "SOCKET", default: "/run/clamav/clamd.ctl",
    help: "clamd's socket, a path or HOST:PORT")
  private static let patience = MilterSetting(
    "clamd-timeout", argument: "SECONDS", default: 60, in: 1...3600,
    help: "how long clamd may take for a message, all steps together")
  private static let fallback = MilterSetting(
    "fallback", default: Fallback.tempfail, help: "what becomes of mail that cannot be looked at")

  override class var name: String { "clamd" }
  override class var programOptions: [any MilterProgramOption] { [address, patience, fallback] }
  override class var answerTime: Int? { patience.value }
  override class var actions: MilterActionFlags { [.addhdrs, .chghdrs] }
  override class var leadingSpace: Bool { true }

  private let address: String
  private let patience: Int
  private let fallback: Fallback

  @PerMessage private var headers: [UInt8] = []
  @PerMessage private var forged = 0
  @PerMessage private var scan: ClamdScan?
  @PerMessage private var hasFailed = false

  required convenience init() {
    self.init(Self.address.value, patience: Self.patience.value, fallback: Self.fallback.value)
  }

  init(_ address: String, patience: Int, fallback: Fallback) {
    self.address = address
    self.patience = patience
    self.fallback = fallback
  }

  override func header(_ name: String, _ value: String) throws -> Status {
    if name.lowercased() == "x-virus-status" { forged += 1 }
    headers += rawHeader
    return .continue
  }

  override func eoh() throws -> Status { try scanning { _ in } }

  override func body(_ chunk: RawSpan) throws -> Status {
    try scanning { scan in try chunk.withUnsafeBytes { try scan.send($0) } }
  }

  override func eom() throws -> Status {
    var virus: String?
    let status = try scanning { virus = try $0.virus() }
    guard status == .continue else { return status }
    if let virus {
      log.notice("refused: \(virus)")
      try setreply("550", "5.7.1", "Virus found: \(virus)")
      return .reject
    }
    for index in stride(from: forged, to: 0, by: -1) { try chgheader("X-Virus-Status", index, nil) }
    let result = hasFailed ? "Not scanned" : "Clean"
    try addheader("X-Virus-Status", " \(result)")
    return .continue
  }

  /// Works with clamd, whichever step of the message comes first; when that fails, it does no more
  /// with this message.
  private func scanning(_ work: (ClamdScan) throws -> Void) throws -> Status {
    guard !hasFailed else { return .continue }
    do {
      try work(scan ?? begin())
      return .continue
    } catch {
      (scan, hasFailed) = (nil, true)
      log.error("clamd: \(error)")
      guard fallback == .tempfail else { return .continue }
      if (error as? ClamdScan.Failure)?.isAboutSize ?? false {
        try setreply("451", "4.3.4", "The message is too large for the virus scanner")
      } else {
        try setreply("451", "4.7.1", "The virus scanner cannot be reached, please try again later")
      }
      return .tempfail
    }
  }

  private func begin() throws -> ClamdScan {
    let scan = try ClamdScan(address, patience: patience)
    self.scan = scan
    try (headers + [0x0D, 0x0A]).withUnsafeBytes { try scan.send($0) }
    return scan
  }
}
