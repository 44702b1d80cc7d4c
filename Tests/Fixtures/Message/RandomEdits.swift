public import MilterTesting

/// Random changes to a message, which the MTA allows.
public struct RandomEdits: Sendable {
  private let mail: RandomMail
  private let actions: MilterActionFlags
  private let isReference: Bool

  /// Creates changes that an MTA allows.
  public init(_ profile: MTAProfile, _ mail: RandomMail) {
    self.mail = mail
    actions = profile.offer.actions
    isReference = profile.name == "libmilter"
  }

  /// Changes a message.
  public func edit(_ message: inout MilterMessage, _ random: inout Random) throws {
    for _ in 0..<random.below(7) { try editOnce(&message, &random) }
  }

  private func editOnce(_ message: inout MilterMessage, _ random: inout Random) throws {
    switch random.below(14) {
    case 0: message.headers[mail.name(&random)] = "assigned \(random.below(3))"
    case 1: message.headers[mail.name(&random)] = nil
    case 2...10: try editField(&message.headers, &random)
    case 11:
      guard actions.contains(.chgbody) else { return }
      try message.body.replace(with: RandomMail.body(&random))
    case 12: try editSender(&message, &random)
    default: try editRecipients(&message.recipients, &random)
    }
  }

  private func field(_ random: inout Random) throws -> MilterMessage.Field {
    var value = mail.value(&random)
    if !mail.isExact, value.isEmpty { value = [0x78] }
    let isBare = mail.isExact && random.oneIn(4) && !value.isEmpty && value.first != 0x20
    return try .init(
      mail.name(&random), rawValue: value, separator: isBare ? .colon : .colonSpace)
  }

  private func editField(_ headers: inout MilterMessage.Headers, _ random: inout Random) throws {
    let new = try field(&random)
    guard let old = mail.changeable(headers).randomElement(using: &random),
      let other = headers.randomElement(using: &random)
    else { return try headers.append(new) }
    switch random.below(11) {
    case 0: try headers.append(new)
    case 1: try headers.prepend(new)
    case 2: try headers.insert(new, before: old)
    case 3: try headers.insert(new, after: old)
    case 4: headers.remove(old)
    case 5:
      headers.remove(old)
      if !old.mayBeCut { try headers.append(old) }
    case 8:
      guard let copy = mail.changeable(headers).randomElement(using: &random),
        !old.mayBeCut, !copy.mayBeCut
      else { return }
      try headers.replace(old, with: copy)
    case 6, 7:
      guard !old.mayBeCut else { return }
      try headers.insert(old, before: other)
    default:
      guard !old.mayBeCut else { return }
      let value =
        try .init(old.name, rawValue: new.rawValue, separator: new.separator)
        as MilterMessage.Field
      try headers.replace(old, with: random.oneIn(3) ? new : value)
    }
  }

  private func editSender(_ message: inout MilterMessage, _ random: inout Random) throws {
    guard actions.contains(.chgfrom) else { return }
    if random.oneIn(2) {
      message.sender = try message.sender.replacingAddress(
        with: random.pick(["", "new@example.com", "sender@example.org"]))
    } else {
      let kept = message.sender.arguments.filter { !$0.hasPrefix("ENVID") }
      message.sender = try .init(
        message.sender.text,
        arguments: isReference ? ["ENVID=1"] : kept + ["ENVID=\(random.below(3))"])
    }
  }

  private func editRecipients(
    _ recipients: inout MilterMessage.Recipients, _ random: inout Random
  ) throws {
    switch random.below(4) {
    case 0: try recipients.append("five\(random.below(2))@example.org")
    case 1:
      guard actions.contains(.addrcptPar) else { return }
      try recipients.append("six@example.org", arguments: ["NOTIFY=FAILURE,DELAY"])
    case 2:
      guard let path = recipients.randomElement(using: &random) else { return }
      recipients.remove(path)
    default:
      guard let path = recipients.randomElement(using: &random),
        path.arguments.isEmpty || actions.contains(.addrcptPar)
      else { return }
      try recipients.replace(path, with: "seven\(random.below(3))@example.org")
    }
  }
}
