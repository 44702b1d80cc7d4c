import Foundation
import Testing

/// A real clamd with a signature of our own and no other.
final class RunningClamd {
  static let program = "/usr/sbin/clamd"
  /// What the signature finds, as clamd names it and as it stands in mail.
  static let (virus, bytes) = ("Swift.Milter.Test.UNOFFICIAL", "swift-milter-virus")

  /// Where it listens.
  let socket: String
  private let process = Process()

  /// Starts one, and waits until it listens; it takes messages of at most 100,000 bytes.
  init(in scratch: Scratch) throws {
    socket = "\(scratch.path)/clamd"
    let signatures = "\(scratch.path)/signatures"
    try FileManager.default.createDirectory(atPath: signatures, withIntermediateDirectories: true)
    let hex = Self.bytes.utf8.map { String($0, radix: 16) }.joined()
    _ = try scratch.write("Swift.Milter.Test:0:*:\(hex)\n", to: "signatures/own.ndb")
    process.executableURL = URL(filePath: Self.program)
    process.arguments = [
      "-c",
      try scratch.write(
        """
        LocalSocket \(socket)
        DatabaseDirectory \(signatures)
        Foreground yes
        StreamMaxLength 100000

        """, to: "clamd.conf"),
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    // It prints what it limits when it has begun to listen, and ends if it cannot.
    var text = ""
    while !text.contains("Self checking") {
      let more = output.fileHandleForReading.availableData
      try #require(!more.isEmpty, "clamd has ended: \(text)")
      text += String(decoding: more, as: UTF8.self)
    }
  }

  /// Ends it.
  func stop() {
    process.terminate()
    process.waitUntilExit()
  }

  deinit { stop() }
}

extension Trait where Self == ConditionTrait {
  /// Runs the test where clamd is installed; in CI it has to be.
  static var needsClamd: Self {
    let isThere = FileManager.default.isExecutableFile(atPath: RunningClamd.program)
    let isCI = ProcessInfo.processInfo.environment["CI"]?.isEmpty == false
    return .enabled(if: isThere || isCI, "clamd is missing; run .ci/install-filters")
  }
}
