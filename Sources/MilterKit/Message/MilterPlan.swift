import MilterCore
import MilterMTA
public import MilterMail

/// The actions that make the changes of a filter, in order; see ``MilterMessage/plan``.
///
/// ```swift
/// func show(_ message: MilterMessage) throws {
///   print(try message.plan)
///   // chgheader Subject 1: [list] Hello
///   // addheader X-Footer: added
/// }
/// ```
///
/// The values of header fields include the space after the colon. `insheader` counts fields as the current MTA
/// does.
public struct MilterPlan: Sendable {
  /// One action.
  public enum Action: Sendable {
    /// Adds a field after the others.
    case addheader(name: String, value: [UInt8])
    /// Inserts a field at a position.
    case insheader(index: Int, name: String, value: [UInt8])
    /// Changes a field by its number among those with the same name; an empty value deletes it.
    case chgheader(index: Int, name: String, value: [UInt8])
    /// Changes the sender; the arguments are those for the MTA.
    case chgfrom(MilterMessage.Path, ESMTPParameters)
    /// Adds a recipient.
    case addrcpt(MilterMessage.Path)
    /// Deletes a recipient.
    case delrcpt(MilterMessage.Path)
    /// Quarantines the message.
    case quarantine(String)
    /// Replaces the body.
    case replacebody(MilterMessage.Body)
  }

  /// The actions in order.
  public let actions: [Action]

  /// Whether the plan has no actions.
  public var isEmpty: Bool { actions.isEmpty }

  init(_ actions: [Action]) { self.actions = actions }

  /// Creates the plan of a message.
  ///
  /// - Throws: ``/MilterCore/MilterError`` if an assignment was refused, or a change was not negotiated.
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
    // The MTA keeps the client's arguments.
    let new = arguments.filter { !former.contains($0) }
    let all = arguments.filter { ESMTPArgument.parts($0).keyword != "SIZE" }
    return .chgfrom(
      message.sender,
      ESMTPParameters(
        rawArguments: message.traits.replacesSenderArguments && !new.isEmpty ? all : new))
  }

  private static func changeRecipients(_ recipients: MilterMessage.Recipients) -> [Action] {
    // A deletion removes all recipients with the address.
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
  /// This is the shortest sequence of actions for the current MTA, and unchanged parts do not appear in it.
  /// There can be a shorter sequence only if the header has many hundreds of fields, and most of them have
  /// changed. ``MessageMilter`` carries out the plan after ``MessageMilter/message(_:)`` has returned `.accept`
  /// or `.continue`.
  /// - Throws: ``/MilterCore/MilterError`` if an assignment was refused, or a change was not negotiated.
  public var plan: MilterPlan {
    get throws(MilterError) { try MilterPlan(self) }
  }
}
