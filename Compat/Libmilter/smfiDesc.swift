// swift-format-ignore-file: AlwaysUseLowerCamelCase

import LibmilterProcess
public import MilterCore

/// A filter: its name, its requests, and its callbacks, in the order of C's structure.
///
/// If a callback is `nil`, the MTA leaves out its step.
public struct smfiDesc: Sendable {
  /// The filter's name in the log; `nil` means `Unknown`.
  public var xxfi_name: String?
  /// The version of the interface for which the filter was written.
  public var xxfi_version: Int32
  /// The actions that the filter may take: `SMFIF_*`.
  public var xxfi_flags: UInt
  /// Called when a client has connected, with its name, and its address or `nil`.
  public var xxfi_connect: (@Sendable (SMFICTX, String, MilterAddress?) -> sfsistat)?
  /// Called when the client sends HELO or EHLO.
  public var xxfi_helo: (@Sendable (SMFICTX, String) -> sfsistat)?
  /// Called when the client sends MAIL, with the sender and ESMTP arguments.
  public var xxfi_envfrom: (@Sendable (SMFICTX, [String]) -> sfsistat)?
  /// Called when the client sends RCPT, with the recipient and ESMTP arguments.
  public var xxfi_envrcpt: (@Sendable (SMFICTX, [String]) -> sfsistat)?
  /// Called for a header field, with its name and value.
  public var xxfi_header: (@Sendable (SMFICTX, String, String) -> sfsistat)?
  /// Called at the end of the header.
  public var xxfi_eoh: (@Sendable (SMFICTX) -> sfsistat)?
  /// Called for a chunk of the body, with its length in bytes.
  public var xxfi_body: (@Sendable (SMFICTX, RawSpan, Int) -> sfsistat)?
  /// Called at the end of the message.
  public var xxfi_eom: (@Sendable (SMFICTX) -> sfsistat)?
  /// Called when the message is aborted.
  public var xxfi_abort: (@Sendable (SMFICTX) -> sfsistat)?
  /// Called when the connection has ended.
  public var xxfi_close: (@Sendable (SMFICTX) -> sfsistat)?
  /// Called when the client sends an unknown command.
  public var xxfi_unknown: (@Sendable (SMFICTX, String) -> sfsistat)?
  /// Called when the client sends DATA.
  public var xxfi_data: (@Sendable (SMFICTX) -> sfsistat)?
  /// Called for the MTA's offer: actions, steps, and two zeros, followed by the filter's request in the same
  /// order.
  public var xxfi_negotiate:
    (
      @Sendable (
        SMFICTX, UInt, UInt, UInt, UInt, inout UInt, inout UInt, inout UInt, inout UInt
      ) -> sfsistat
    )?

  /// Creates a description; arguments that are left out are `nil`, as a missing initializer is NULL in C.
  public init(
    xxfi_name: String? = nil,
    xxfi_version: Int32 = SMFI_VERSION,
    xxfi_flags: UInt = SMFIF_NONE,
    xxfi_connect: (@Sendable (SMFICTX, String, MilterAddress?) -> sfsistat)? = nil,
    xxfi_helo: (@Sendable (SMFICTX, String) -> sfsistat)? = nil,
    xxfi_envfrom: (@Sendable (SMFICTX, [String]) -> sfsistat)? = nil,
    xxfi_envrcpt: (@Sendable (SMFICTX, [String]) -> sfsistat)? = nil,
    xxfi_header: (@Sendable (SMFICTX, String, String) -> sfsistat)? = nil,
    xxfi_eoh: (@Sendable (SMFICTX) -> sfsistat)? = nil,
    xxfi_body: (@Sendable (SMFICTX, RawSpan, Int) -> sfsistat)? = nil,
    xxfi_eom: (@Sendable (SMFICTX) -> sfsistat)? = nil,
    xxfi_abort: (@Sendable (SMFICTX) -> sfsistat)? = nil,
    xxfi_close: (@Sendable (SMFICTX) -> sfsistat)? = nil,
    xxfi_unknown: (@Sendable (SMFICTX, String) -> sfsistat)? = nil,
    xxfi_data: (@Sendable (SMFICTX) -> sfsistat)? = nil,
    xxfi_negotiate: (
      @Sendable (
        SMFICTX, UInt, UInt, UInt, UInt, inout UInt, inout UInt, inout UInt, inout UInt
      ) -> sfsistat
    )? = nil
  ) {
    self.xxfi_name = xxfi_name
    self.xxfi_version = xxfi_version
    self.xxfi_flags = xxfi_flags
    self.xxfi_connect = xxfi_connect
    self.xxfi_helo = xxfi_helo
    self.xxfi_envfrom = xxfi_envfrom
    self.xxfi_envrcpt = xxfi_envrcpt
    self.xxfi_header = xxfi_header
    self.xxfi_eoh = xxfi_eoh
    self.xxfi_body = xxfi_body
    self.xxfi_eom = xxfi_eom
    self.xxfi_abort = xxfi_abort
    self.xxfi_close = xxfi_close
    self.xxfi_unknown = xxfi_unknown
    self.xxfi_data = xxfi_data
    self.xxfi_negotiate = xxfi_negotiate
  }

  /// Creates a description without labels in C's order, as `struct smfiDesc` is initialized in C.
  ///
  /// Callbacks that are left out are `nil`, as a missing initializer is NULL in C.
  public init(
    _ xxfi_name: String?,
    _ xxfi_version: Int32,
    _ xxfi_flags: UInt,
    _ xxfi_connect: (@Sendable (SMFICTX, String, MilterAddress?) -> sfsistat)? = nil,
    _ xxfi_helo: (@Sendable (SMFICTX, String) -> sfsistat)? = nil,
    _ xxfi_envfrom: (@Sendable (SMFICTX, [String]) -> sfsistat)? = nil,
    _ xxfi_envrcpt: (@Sendable (SMFICTX, [String]) -> sfsistat)? = nil,
    _ xxfi_header: (@Sendable (SMFICTX, String, String) -> sfsistat)? = nil,
    _ xxfi_eoh: (@Sendable (SMFICTX) -> sfsistat)? = nil,
    _ xxfi_body: (@Sendable (SMFICTX, RawSpan, Int) -> sfsistat)? = nil,
    _ xxfi_eom: (@Sendable (SMFICTX) -> sfsistat)? = nil,
    _ xxfi_abort: (@Sendable (SMFICTX) -> sfsistat)? = nil,
    _ xxfi_close: (@Sendable (SMFICTX) -> sfsistat)? = nil,
    _ xxfi_unknown: (@Sendable (SMFICTX, String) -> sfsistat)? = nil,
    _ xxfi_data: (@Sendable (SMFICTX) -> sfsistat)? = nil,
    _ xxfi_negotiate: (
      @Sendable (
        SMFICTX, UInt, UInt, UInt, UInt, inout UInt, inout UInt, inout UInt, inout UInt
      ) -> sfsistat
    )? = nil
  ) {
    self.init(
      xxfi_name: xxfi_name,
      xxfi_version: xxfi_version,
      xxfi_flags: xxfi_flags,
      xxfi_connect: xxfi_connect,
      xxfi_helo: xxfi_helo,
      xxfi_envfrom: xxfi_envfrom,
      xxfi_envrcpt: xxfi_envrcpt,
      xxfi_header: xxfi_header,
      xxfi_eoh: xxfi_eoh,
      xxfi_body: xxfi_body,
      xxfi_eom: xxfi_eom,
      xxfi_abort: xxfi_abort,
      xxfi_close: xxfi_close,
      xxfi_unknown: xxfi_unknown,
      xxfi_data: xxfi_data,
      xxfi_negotiate: xxfi_negotiate)
  }

  /// The callbacks that are not `nil`.
  var callbacks: MilterCallbacks {
    MilterCallbacks(
      describedBy: xxfi_connect, xxfi_helo, xxfi_envfrom, xxfi_envrcpt, xxfi_header, xxfi_eoh,
      xxfi_body, xxfi_eom, xxfi_abort, xxfi_close, xxfi_unknown, xxfi_data, xxfi_negotiate)
  }
}
