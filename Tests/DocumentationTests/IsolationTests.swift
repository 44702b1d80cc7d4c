import Foundation
import Testing

/// Tests that the compiler does not let a filter leave its callbacks, as the articles describe.
struct IsolationTests {
  /// Returns the source of an async filter with this callback body, a property, and two helpers.
  private static func source(_ body: String) -> String {
    """
    import MilterKit

    actor Desk {
      func take(_ filter: AsyncMilter) {}
      func next() -> Int { 1 }
    }

    final class Filter: AsyncMilter {
      private var count = 0
      nonisolated(nonsending) private func helper() async { count += 1 }
      private func concurrent() async { count += 1 }

      override func helo(_ host: String) async throws -> Status {
        \(body)
        return .continue
      }
    }

    """
  }

  @Test(arguments: [
    "await helper()", "count += await Desk().next()",
    "async let number = Desk().next(); count += await number",
    "Task { await Desk().next() }",
  ])
  func `A callback may await code that outlives the filter`(_ body: String) throws {
    let complaint = try SwiftCheck.complaint(aboutIsolationOf: Self.source(body))
    #expect(complaint == nil, "\(complaint ?? "")")
  }

  @Test(arguments: [
    "Task { self.count += 1 }", "Task.detached { self.count += 1 }",
    "async let done: Void = helper(); await done",
    "await withTaskGroup(of: Void.self) { group in group.addTask { self.count += 1 } }",
    "await Desk().take(self)", "Task { try self.addheader(\"X\", \"y\") }",
    "await concurrent()",
  ])
  func `The compiler does not let two threads share a filter`(_ body: String) throws {
    let complaint = try SwiftCheck.complaint(aboutIsolationOf: Self.source(body))
    #expect(complaint?.contains("risks causing data races") == true, "\(complaint ?? "none")")
  }
}
