package import MilterKit

/// A filter that overrides only `envrcpt`: the MTA leaves out the other steps.
package final class RecipientFilter: Milter {
  private var seen = 0

  package override class var actions: MilterActionFlags { .addhdrs }

  package override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    seen &+= recipient.utf8.count
    return .continue
  }
}
