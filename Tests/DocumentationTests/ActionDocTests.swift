import Foundation
import MilterCore
import MilterProcessFixtures
import Testing

/// The doc comments of the actions.
struct ActionDocTests {
  /// Returns the doc comment of the first method with a name.
  private static func comment(of name: String) throws -> String {
    var comment: [String] = []
    for line in try PackageFiles.text(of: "Sources/MilterKit/MilterBase+Actions.swift").split(
      separator: "\n")
    {
      if line.hasPrefix("  ///") {
        comment.append(line.dropFirst(5).trimmingCharacters(in: .whitespaces))
      } else if line.hasPrefix("  public final func \(name)(") {
        return comment.joined(separator: " ")
      } else {
        comment = []
      }
    }
    return ""
  }

  @Test(arguments: FilterReplyCode.allCases.filter { $0.flag != nil })
  func `Each action's comment has when it may be called, its flag, and what each MTA does`(
    _ action: FilterReplyCode
  ) throws {
    let comment = try Self.comment(of: "\(action)")
    let flag = try #require(action.flag)
    #expect(comment.contains("Needs ``/MilterCore/MilterActionFlags/\(flag)``"))
    #expect(comment.contains("May be called only in `eom`"))
    #expect(
      comment.contains("Postfix") && comment.contains("Sendmail") || comment.contains("Both MTAs"))
  }
}
