import MilterCore
import MilterMTA
public import MilterMail

/// The actions that change a message, in order: they turn the message as it came into what a
/// filter made of it; see ``MilterMessage/plan``.
///
/// ```swift
/// func show(_ message: MilterMessage) throws {
///   print(try message.plan)
///   // chgheader Subject 1: [list] Hello
///   // addheader X-Footer: added
/// }
/// ```
///
/// Values of header fields have the space after the colon. `insheader` counts fields as the MTA at hand
/// does.
public struct MilterPlan: Sendable {
  /// One action.
  public enum Action: Sendable {
    /// Adds a field after the others.
    case addheader(name: String, value: [UInt8])
    /// Inserts a field at a place.
    case insheader(index: Int, name: String, value: [UInt8])
    /// Changes, by its number among those of its name, a field, or deletes it if the value is empty.
    case chgheader(index: Int, name: String, value: [UInt8])
    /// Changes the sender; the arguments are those that are sent to the MTA.
    case chgfrom(MilterMessage.Path, ESMTPParameters)
    /// Adds a recipient.
    case addrcpt(MilterMessage.Path)
    /// Deletes a recipient.
    case delrcpt(MilterMessage.Path)
    /// Holds the message back.
    case quarantine(String)
    /// Replaces the body.
    case replacebody(MilterMessage.Body)
  }

  /// The actions in the order in which they are done.
  public let actions: [Action]

  /// Whether there is nothing to do.
  public var isEmpty: Bool { actions.isEmpty }

  init(_ actions: [Action]) { self.actions = actions }

  /// Makes the plan of a message.
  ///
  /// - Throws: ``/MilterCore/MilterError`` if an assignment was refused, or the MTA did not agree to a
  ///   change.
  init(_ message: MilterMessage) throws(MilterError) {
    if let refusal = message.refusal { throw refusal }
    var actions = HeaderPlanner(message.headers).actions
    if message.sender != message.originalSender {
      actions.append(Self.changeSender(message))
    }
    actions += Self.changeRecipients(message.recipients)
    if let reason = message.quarantineReason { actions.append(.quarantine(reason)) }
    if message.body.isNew { actions.append(.replacebody(message.body)) }
    for action in actions { try message.traits.check(action.flag, action.name) }
    self.actions = actions
  }

  private static func changeSender(_ message: MilterMessage) -> Action {
    let arguments = message.sender.rawArguments
    let former = Set(message.originalSender.rawArguments)
    guard message.traits.keepsSenderArguments else {
      return .chgfrom(message.sender, message.sender.parameters)
    }
    // The MTA keeps those that the client gave.
    let new = arguments.filter { !former.contains($0) }
    let all = arguments.filter { ESMTPArgument.parts($0).keyword != "SIZE" }
    return .chgfrom(
      message.sender,
      ESMTPParameters(
        rawArguments: message.traits.replacesSenderArguments && !new.isEmpty ? all : new))
  }

  private static func changeRecipients(_ recipients: MilterMessage.Recipients) -> [Action] {
    // A deletion is about all recipients of an address.
    let kept = Dictionary(grouping: recipients.paths, by: \.bareValue)
    var deleted: Set<[UInt8]> = []
    for (address, paths) in Dictionary(grouping: recipients.original, by: \.bareValue)
    where Set(kept[address] ?? []) != Set(paths) {
      deleted.insert(address)
    }
    var actions: [Action] = []
    var done: Set<[UInt8]> = []
    for path in recipients.original
    where deleted.contains(path.bareValue) && done.insert(path.bareValue).inserted {
      actions.append(.delrcpt(path))
    }
    let original = Set(recipients.original.map(\.bareValue))
    for path in recipients.paths
    where deleted.contains(path.bareValue) || !original.contains(path.bareValue) {
      actions.append(.addrcpt(path))
    }
    return actions
  }
}

extension MilterMessage {
  /// The actions that turn the original message into its current value.
  ///
  /// It is the shortest sequence of actions that does so with the MTA at hand. What was not changed does
  /// not appear in it. Only for a header of many hundreds of fields, most of which were changed, can there
  /// be a shorter one. ``MessageMilter`` carries it out after ``MessageMilter/message(_:)`` has returned
  /// `.accept` or `.continue`.
  /// - Throws: ``/MilterCore/MilterError`` if an assignment was refused, or the MTA did not agree to a
  ///   change.
  public var plan: MilterPlan {
    get throws(MilterError) { try MilterPlan(self) }
  }
}
