import Foundation
import Testing

/// The journal of the MTAs that tests have started, from which `.ci/matrix` creates its table.
enum StartedMTAs {
  private static let file: FileHandle? = {
    let path = ProcessInfo.processInfo.environment["SWIFT_MILTER_MTA_JOURNAL"] ?? ""
    guard !path.isEmpty else { return nil }
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    return FileHandle(forWritingAtPath: path)
  }()

  /// Records the MTA that the current test starts: the test's file and name, and the MTA's release.
  static func note(_ kind: RealMTA.Kind) throws {
    guard let file, let test = Test.current else { return }
    let fields = [test.sourceLocation.fileName, test.name, "\(kind) \(kind.release.version)"]
    try file.write(contentsOf: Data((fields.joined(separator: "\t") + "\n").utf8))
  }
}
