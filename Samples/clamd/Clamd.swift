// Has clamd look for viruses while the message arrives; see README.md.

import MilterKit

@main
final class Clamd: Milter {
  /// What becomes of mail that could not be looked at.
  enum Fallback: String, CaseIterable, Sendable { case tempfail, accept }

  private static let address = MilterSetting(
    "clamd", "SOCKET", default: "/run/clamav/clamd.ctl", "clamd's socket, a path or HOST:PORT")
  private static let patience = MilterSetting(
    "clamd-timeout", "SECONDS", default: 60, in: 1...3600, "how long clamd may be silent")
  private static let fallback = MilterSetting(
    "fallback", default: Fallback.tempfail, "what becomes of mail that cannot be looked at")

  override class var name: String { "clamd" }
  override class var programOptions: [any MilterProgramOption] { [address, patience, fallback] }
  override class var answerTime: Int? { patience.value }
  override class var actions: MilterActionFlags { [.addhdrs, .chghdrs] }

  private let address: String
  private let patience: Int
  private let fallback: Fallback

  // About the message; see `abort`.
  private var headers: [UInt8] = []
  private var forged = 0
  private var scan: ClamdScan?

  required convenience init() {
    self.init(Self.address.value, patience: Self.patience.value, fallback: Self.fallback.value)
  }

  init(_ address: String, patience: Int, fallback: Fallback) {
    self.address = address
    self.patience = patience
    self.fallback = fallback
  }

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    forgetMessage()
    return .continue
  }

  override func header(_ name: String, _ value: String) throws -> Status {
    if name.lowercased() == "x-virus-status" { forged += 1 }
    headers += rawArguments[0] + Array(": ".utf8) + rawArguments[1] + [0x0D, 0x0A]
    return .continue
  }

  override func eoh() throws -> Status {
    try trying {
      scan = try ClamdScan(address, patience: patience)
      try (headers + [0x0D, 0x0A]).withUnsafeBytes { try scan?.send($0) }
    }
  }

  override func body(_ chunk: RawSpan) throws -> Status {
    try trying { try chunk.withUnsafeBytes { try scan?.send($0) } }
  }

  override func eom() throws -> Status {
    defer { forgetMessage() }
    var virus: String?
    let status = try trying { virus = try scan?.virus() }
    guard status == .continue else { return status }
    if let virus {
      log.notice("refused: \(virus)")
      try setreply("550", "5.7.1", "Virus found: \(virus)")
      return .reject
    }
    for index in stride(from: forged, to: 0, by: -1) { try chgheader("X-Virus-Status", index, nil) }
    try addheader("X-Virus-Status", scan == nil ? "Not scanned" : "Clean")
    return .continue
  }

  override func abort() { forgetMessage() }

  /// Works with clamd; when that fails, it does no more with this message.
  private func trying(_ work: () throws -> Void) throws -> Status {
    do {
      try work()
      return .continue
    } catch {
      scan = nil
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

  private func forgetMessage() {
    (headers, forged, scan) = ([], 0, nil)
  }
}
