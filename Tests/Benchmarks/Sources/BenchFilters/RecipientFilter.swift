import MilterKit

/// A filter that overrides only `envrcpt`: the MTA is told to leave out the other steps.
final class RecipientFilter: Milter {
  private var seen = 0

  override class var actions: MilterActionFlags { .addhdrs }

  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    seen &+= recipient.utf8.count
    return .continue
  }
}
