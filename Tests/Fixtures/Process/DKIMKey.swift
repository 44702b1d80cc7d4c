import Foundation

/// The key `test` of a domain, in a folder of the test.
package struct DKIMKey: Sendable {
  /// The program that makes it.
  package static let generator = "/usr/sbin/opendkim-genkey"

  private let domain: String
  private let folder: String

  /// The key that `create()` makes or has made there.
  package init(of domain: String, in folder: String) {
    self.domain = domain
    self.folder = folder
  }

  /// Makes the key.
  package func create() throws {
    try Subprocess.succeed(
      Self.generator, ["-b", "2048", "-d", domain, "-s", "test", "-D", folder])
  }

  /// The lines with which OpenDKIM and dkimpy-milter sign with it.
  package var settings: String {
    """
    Mode s
    Domain \(domain)
    Selector test
    KeyFile \(folder)/test.private
    """
  }

  /// The name of its record in DNS.
  package var name: String { "test._domainkey.\(domain)" }

  /// The text of its record in DNS, which the generator's file has in quoted pieces.
  package func record() throws -> String {
    let text = try String(contentsOfFile: "\(folder)/test.txt", encoding: .utf8)
    let pieces = text.split(separator: "\"", omittingEmptySubsequences: false)
    return pieces.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element).joined()
  }
}
