import Foundation
import MilterProcessFixtures
import Testing

/// The locks that a library in a filter's process may use.
struct LockTests {
  /// Files that may use Swift's `Mutex`, and why.
  private static let exceptions = [
    // Only threads that the server has created take this lock.
    "Sources/MilterCore/Vocabulary/SymbolIndex.swift"
  ]

  @Test func `Only the system's locks are used, because Swift's Mutex does not survive fork`()
    throws
  {
    let files = PackageFiles.paths(below: ["Sources", "Compat"], endingIn: [".swift"])
    #expect(files.contains("Sources/MilterSystem/Threads/SystemMutex.swift"))
    for file in files where !Self.exceptions.contains(file) {
      let uses = try PackageFiles.text(of: file).split(separator: "\n").filter {
        $0.contains(/\bMutex[<(]/) && !$0.contains("//")
      }
      #expect(uses == [], "\(file): use SystemMutex")
    }
  }
}
