import MilterCore
import MilterRuntime

/// A mail filter that gets each message as a value; override ``message(_:)``.
///
/// ```swift
/// import MilterKit
///
/// @main
/// final class Footer: MessageMilter {
///   override func message(_ message: inout MilterMessage) async throws -> Status {
///     guard !message.client.isAuthenticated else { return .accept }
///     message.headers["X-Footer"] = "added"
///     try message.body.replace(with: message.body.bytes + Array("-- \r\nExample Inc.\r\n".utf8))
///     return .accept
///   }
/// }
/// ```
///
/// The library collects the message and calls ``message(_:)`` at its end. If the verdict is `.accept` or
/// `.continue`, it carries out the changes in ``MilterMessage/plan``. Before the end, the MTA waits for replies
/// only at the steps whose callbacks the class overrides.
///
/// Override ``AsyncMilter/connect(_:_:)``, ``AsyncMilter/helo(_:)``, ``AsyncMilter/envfrom(_:_:)``,
/// ``AsyncMilter/envrcpt(_:_:)``, ``AsyncMilter/data()``, or ``AsyncMilter/eoh()`` to refuse a client,
/// message, or recipient early. ``messageSoFar`` has the part that has arrived. A recipient that `envrcpt`
/// refuses is not among the message's recipients.
///
/// Bodies of up to 256 KiB are kept in memory, larger ones in an unnamed file in `TMPDIR` or `/tmp`. If the
/// filter never looks at bodies, override ``needsBody``; the MTA then does not send them.
///
/// Like an ``AsyncMilter``, the filter may suspend or block.
///
/// ## Topics
///
/// ### The message
/// - ``message(_:)``
/// - ``messageSoFar``
///
/// ### About the filter
/// - ``needsBody``
/// - ``messageLimit``
open class MessageMilter: AsyncMilter {
  /// The part of the current message that has arrived.
  final var collector = MessageCollector()
  final let limit: MessageLimit
  final let collectsBody: Bool

  /// Creates the filter for one connection.
  public required init() {
    limit = Self.messageLimit
    collectsBody = Self.needsBody
    super.init()
    changesValues = true
  }

  /// Examines a message, and may change it.
  ///
  /// Called once for each message, at its end. Not called if another callback has already given a verdict, or
  /// if the message is larger than ``messageLimit``. Also not called if the body could not be kept: the library
  /// then answers as if this method had thrown.
  ///
  /// | Status | Effect |
  /// |---|---|
  /// | `.continue`, `.accept` | The message is accepted with its changes. |
  /// | `.reject`, `.tempfail`, `.discard` | As for ``Milter/eom()``. The changes are dropped. |
  ///
  /// - Parameter message: The message. Changes are carried out if it is accepted.
  /// - Returns: The status; see the table.
  /// - Throws: Any error. The library logs it and answers with tempfail. It does the same if the message
  ///   refused an assignment.
  ///
  /// libmilter has no equivalent.
  nonisolated(nonsending) open func message(_ message: inout MilterMessage) async throws -> Status {
    .continue
  }

  /// Whether the filter looks at bodies; `true` by default.
  ///
  /// If it is `false`, the MTA does not send bodies, and ``MilterMessage/Body/bytes`` throws. The filter can
  /// still replace a body.
  open class var needsBody: Bool { true }

  /// The maximum size of messages, and the action on larger ones; by default, messages of more than 128 MiB are
  /// refused.
  ///
  /// A header of more than 8 MiB is always too large, because it is kept in memory. Each field counts 64 bytes
  /// in addition to its name and value.
  open class var messageLimit: MessageLimit { MessageLimit() }

  /// The part of the current message that has arrived.
  ///
  /// It has the sender from `envfrom` on, the recipients that have arrived, and in ``AsyncMilter/eoh()`` the
  /// header.
  ///
  /// May be called in every callback. Changes to this value have no effect.
  public final var messageSoFar: MilterMessage {
    let symbols = context?.session.symbols ?? MilterSymbols()
    return collector.message(self, symbols, traits)
  }

  private final var traits: MTATraits {
    guard let session = context?.session else { return MTATraits() }
    return MTATraits(
      kind: mta.kind, actions: session.agreed.actions,
      hasLeadingSpace: session.agreed.steps.contains(.hdrLeadspc))
  }

  // MARK: What the library does with it

  /// Whether the MTA sends all macros for ``MilterMessage/client``; `true` by default.
  override open class var wantsClient: Bool { true }

  /// `true`, so that fields are kept exactly.
  override public final class var leadingSpace: Bool { true }

  /// The callbacks that the class overrides, and the callbacks with which the library collects messages.
  override open class var callbacks: MilterCallbacks {
    let callbacks = overridden.union([.envfrom, .envrcpt, .header, .eom])
    return needsBody ? callbacks.union(.body) : callbacks.subtracting(.body)
  }

  /// The callbacks with which the library collects messages, if the class does not override them.
  override open class var noReply: MilterCallbacks {
    MilterCallbacks([.envfrom, .envrcpt, .header, .body]).subtracting(overridden)
      .intersection(callbacks)
  }

  /// The callbacks that the class itself overrides.
  final class var overridden: MilterCallbacks {
    CallbackProbe.asyncMilter.callbacksOverridden(by: self).subtracting([.header, .body, .eom])
  }

  override final func makeHandler() -> any SessionHandler { MessageMilterHandler(self) }

  /// Does nothing; ``MilterMessage/headers`` has the fields.
  nonisolated(nonsending) override public final func header(_ name: String, _ value: String)
    async throws -> Status
  { .continue }

  /// Does nothing; ``MilterMessage/body`` has the body.
  nonisolated(nonsending) override public final func body(_ chunk: [UInt8]) async throws -> Status {
    .continue
  }

  /// Calls ``message(_:)``, and carries out its changes.
  nonisolated(nonsending) override public final func eom() async throws -> Status {
    if collector.isTooLarge { return try answerLarge(limit.policy) }
    // The filter could take the body for an empty one.
    if let failure = collector.failure { throw failure }
    var value = messageSoFar
    let status = try await message(&value)
    guard status == .accept || status == .continue else { return status }
    try carryOut(try value.plan)
    return status
  }
}
