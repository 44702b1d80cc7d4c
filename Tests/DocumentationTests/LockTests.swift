import Foundation
import MilterProcessFixtures
import Testing

/// What a library in a filter's process may lock with.
struct LockTests {
  /// Files that may name Swift's `Mutex`, and why.
  private static let exceptions = [
    // Its only takers are threads that the server has made.
    "Sources/MilterCore/Vocabulary/SymbolIndex.swift"
  ]

  @Test func `Only the system's locks are used, because Swift's Mutex does not survive fork`()
    throws
  {
    let files = ["Sources", "Compat"].flatMap { folder in
      let root = "\(BuiltProgram.packageRoot)/\(folder)"
      let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
      return names.filter { $0.hasSuffix(".swift") }.map { "\(folder)/\($0)" }
    }
    #expect(files.contains("Sources/MilterSystem/Threads/SystemMutex.swift"))
    for file in files where !Self.exceptions.contains(file) {
      let uses = try Text.of(file).split(separator: "\n").filter {
        $0.contains(/\bMutex[<(]/) && !$0.contains("//")
      }
      #expect(uses == [], "\(file): use SystemMutex")
    }
  }
}
