import MilterCore

/// The recipients of a message while a filter changes them.
struct RecipientEdits: Sendable {
  private var recipients: [(path: MTAEnvelope.Path, isDeleted: Bool)]
  private let changes: MTAProfile.Changes
  private let dialect: MTAProfile.Dialect

  init(_ recipients: [MTAEnvelope.Path], changes: MTAProfile.Changes, dialect: MTAProfile.Dialect) {
    self.recipients = recipients.map { ($0, false) }
    self.changes = changes
    self.dialect = dialect
  }

  /// The current recipients.
  var all: [MTAEnvelope.Path] { recipients.filter { !$0.isDeleted }.map(\.path) }

  /// Adds a recipient; returns a warning if the change is unusual.
  mutating func add(_ path: MTAEnvelope.Path) -> String? {
    if dialect == .stalwart, !path.address.contains(UInt8(ascii: "@")) {
      return "addrcpt: \(VisibleText.escaped(path.address)) has no @"
    }
    var path = path
    let bad = path.arguments.filter { !ESMTPArgument.isOfRecipient($0) }
    var warning: String?
    if !bad.isEmpty, changes.badArgument != .kept {
      warning = "addrcpt: \(VisibleText.escaped(bad[0])) is not an argument of a recipient"
      if changes.badArgument == .recipientDropped { return warning }
      path.arguments.removeAll { bad.contains($0) }
    }
    let same = recipients.firstIndex {
      $0.path.address == path.address && (!$0.isDeleted || changes.revivesRecipients)
    }
    if let same, !changes.repeatsRecipients {
      recipients[same].isDeleted = false
    } else {
      recipients.append((path, false))
    }
    return warning
  }

  /// The address by which an MTA knows a recipient that goes.
  private func known(_ path: MTAEnvelope.Path) -> [UInt8] {
    dialect == .stalwart ? path.bareAddress.map(\.asciiLowercased) : path.bareAddress
  }

  /// Deletes a recipient; returns a warning if the change is unusual.
  mutating func delete(_ address: [UInt8]) -> String? {
    let bare = MTAEnvelope.Path.bare(address)
    var isFound = false
    for index in recipients.indices
    where known(recipients[index].path) == bare && !recipients[index].isDeleted {
      recipients[index].isDeleted = true
      isFound = true
    }
    return isFound ? nil : "delrcpt: \(VisibleText.escaped(address)) is not one of the recipients"
  }
}
