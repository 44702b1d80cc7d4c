import Foundation

/// The key `test` of a domain, in a folder of the test.
package struct DKIMKey: Sendable {
  /// The program that creates the key.
  package static let generator = "/usr/sbin/opendkim-genkey"

  private let domain: String
  private let folder: String

  /// Refers to the key that `create()` creates in the folder.
  package init(of domain: String, in folder: String) {
    self.domain = domain
    self.folder = folder
  }

  /// Creates the key.
  package func create() throws {
    try Subprocess.succeed(
      Self.generator, ["-b", "2048", "-d", domain, "-s", "test", "-D", folder])
  }

  /// The settings that make OpenDKIM and dkimpy-milter sign with the key.
  package var settings: String {
    """
    Mode s
    Domain \(domain)
    Selector test
    KeyFile \(folder)/test.private
    """
  }

  /// The name of the key's DNS record.
  package var name: String { "test._domainkey.\(domain)" }

  /// Returns the text of the key's DNS record, which the generator's file has in quoted pieces.
  package func record() throws -> String {
    let text = try String(contentsOfFile: "\(folder)/test.txt", encoding: .utf8)
    let pieces = text.split(separator: "\"", omittingEmptySubsequences: false)
    return pieces.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element).joined()
  }
}
