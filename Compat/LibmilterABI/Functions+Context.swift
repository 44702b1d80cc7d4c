import CMilterAPI
import Glibc
import LibmilterProcess
import MilterCore
import MilterRuntime

// The functions of one connection, with the names that C filters use.

/// `char *` in C.
public typealias CText = UnsafePointer<CChar>

/// Calls `body` with the connection of a filter's pointer, while no other thread uses it.
///
/// - Returns: `MI_SUCCESS`, or `MI_FAILURE` if there is no connection or `body` throws.
private func on(
  _ ctx: OpaquePointer?, _ function: StaticString, _ body: (Conversation) throws -> Void
) -> Int32 {
  DebugLog.result(of: function) {
    guard try ContextSlot.withConnection(ctx, { try body($1) }) != nil else {
      throw Refusal("there is no such connection")
    }
  }
}

/// Returns the bytes of a required string.
private func bytes(_ text: CText?, _ what: StaticString) throws -> [UInt8] {
  guard let text else { throw Refusal("the \(what) is NULL") }
  return Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
}

/// Returns the bytes of an optional string.
private func optionalBytes(_ text: CText?) throws -> [UInt8]? {
  try text.map { try bytes($0, "text") }
}

/// Returns the value of a macro; NULL if the MTA has not sent it.
///
/// The C function is `smfi_getsymval`.
@_cdecl("smfi_getsymval")
public func getsymval(_ ctx: OpaquePointer?, _ name: CText?) -> UnsafeMutablePointer<CChar>? {
  guard let name = try? bytes(name, "name") else { return nil }
  return ContextSlot.withConnection(ctx) { content, context in
    // The address is valid as long as with libmilter.
    content.symbols.value(of: name, in: context.session.symbols)
  } ?? nil
}

/// Keeps a pointer of the filter for the connection.
///
/// The C function is `smfi_setpriv`.
@_cdecl("smfi_setpriv")
public func setpriv(_ ctx: OpaquePointer?, _ data: UnsafeMutableRawPointer?) -> Int32 {
  ContextSlot.withConnection(ctx) { content, _ in
    content.privateData = data
    return MI_SUCCESS
  } ?? MI_FAILURE
}

/// Returns the pointer that was kept.
///
/// The C function is `smfi_getpriv`.
@_cdecl("smfi_getpriv")
public func getpriv(_ ctx: OpaquePointer?) -> UnsafeMutableRawPointer? {
  ContextSlot.withConnection(ctx) { content, _ in content.privateData } ?? nil
}

/// Sets the reply for the next verdict of the same class.
///
/// The C function is `smfi_setreply`.
@_cdecl("smfi_setreply")
public func setreply(
  _ ctx: OpaquePointer?, _ code: CText?, _ extended: CText?, _ text: CText?
) -> Int32 {
  on(ctx, "smfi_setreply") { context in
    context.session.reply = try MilterReply(
      String(decoding: try bytes(code, "reply code"), as: UTF8.self),
      extended.map { String(cString: $0) }, text: try optionalBytes(text))
  }
}

/// Sets a reply of several lines; `smfi_setmlreply` collects its arguments in C.
///
/// The C function is `smfi_setmlreply`.
@_cdecl("swift_milter_setmlreply")
public func setmlreply(
  _ ctx: OpaquePointer?, _ code: CText?, _ extended: CText?,
  _ lines: UnsafePointer<CText?>, _ count: Int32
) -> Int32 {
  on(ctx, "smfi_setmlreply") { context in
    context.session.reply = try MilterReply(
      String(decoding: try bytes(code, "reply code"), as: UTF8.self),
      extended.map { String(cString: $0) },
      lines: try (0..<Int(count)).map { try bytes(lines[$0], "line") })
  }
}

/// Requests macros at a stage.
///
/// The C function is `smfi_setsymlist`.
@_cdecl("smfi_setsymlist")
public func setsymlist(_ ctx: OpaquePointer?, _ stage: Int32, _ macros: CText?) -> Int32 {
  on(ctx, "smfi_setsymlist") { context in
    try context.session.setsymlist(Arguments.stage(stage), try bytes(macros, "list"))
  }
}

/// Adds a header field.
///
/// The C function is `smfi_addheader`.
@_cdecl("smfi_addheader")
public func addheader(_ ctx: OpaquePointer?, _ name: CText?, _ value: CText?) -> Int32 {
  on(ctx, "smfi_addheader") {
    try $0.add(.addheader(name: try bytes(name, "name"), value: try bytes(value, "value")))
  }
}

/// Inserts a header field.
///
/// The C function is `smfi_insheader`.
@_cdecl("smfi_insheader")
public func insheader(
  _ ctx: OpaquePointer?, _ position: Int32, _ name: CText?, _ value: CText?
) -> Int32 {
  on(ctx, "smfi_insheader") {
    try $0.add(
      .insheader(
        index: try Arguments.index(position), name: try bytes(name, "name"),
        value: try bytes(value, "value")))
  }
}

/// Changes or deletes a header field.
///
/// The C function is `smfi_chgheader`.
@_cdecl("smfi_chgheader")
public func chgheader(
  _ ctx: OpaquePointer?, _ name: CText?, _ number: Int32, _ value: CText?
) -> Int32 {
  on(ctx, "smfi_chgheader") {
    try $0.add(
      .chgheader(
        index: try Arguments.index(number), name: try bytes(name, "name"),
        value: try optionalBytes(value) ?? []))
  }
}

/// Changes the envelope sender.
///
/// The C function is `smfi_chgfrom`.
@_cdecl("smfi_chgfrom")
public func chgfrom(_ ctx: OpaquePointer?, _ sender: CText?, _ arguments: CText?) -> Int32 {
  on(ctx, "smfi_chgfrom") {
    try $0.add(.chgfrom(try bytes(sender, "sender"), arguments: try optionalBytes(arguments)))
  }
}

/// Adds a recipient.
///
/// The C function is `smfi_addrcpt`.
@_cdecl("smfi_addrcpt")
public func addrcpt(_ ctx: OpaquePointer?, _ recipient: CText?) -> Int32 {
  on(ctx, "smfi_addrcpt") { try $0.add(.addrcpt(try bytes(recipient, "recipient"))) }
}

/// Adds a recipient with ESMTP arguments.
///
/// The C function is `smfi_addrcpt_par`.
@_cdecl("smfi_addrcpt_par")
public func addrcptPar(_ ctx: OpaquePointer?, _ recipient: CText?, _ arguments: CText?) -> Int32 {
  on(ctx, "smfi_addrcpt_par") {
    try $0.add(
      .addrcptPar(try bytes(recipient, "recipient"), arguments: try optionalBytes(arguments)))
  }
}

/// Deletes a recipient.
///
/// The C function is `smfi_delrcpt`.
@_cdecl("smfi_delrcpt")
public func delrcpt(_ ctx: OpaquePointer?, _ recipient: CText?) -> Int32 {
  on(ctx, "smfi_delrcpt") { try $0.add(.delrcpt(try bytes(recipient, "recipient"))) }
}

/// Replaces the body, or continues the replacement.
///
/// The C function is `smfi_replacebody`.
@_cdecl("smfi_replacebody")
public func replacebody(
  _ ctx: OpaquePointer?, _ body: UnsafePointer<UInt8>?, _ length: Int32
) -> Int32 {
  on(ctx, "smfi_replacebody") { context in
    guard length >= 0, body != nil || length == 0 else {
      throw Refusal("a body at \(body == nil ? "NULL" : "an address") of length \(length)")
    }
    let bytes = UnsafeRawBufferPointer(start: body, count: Int(length))
    try context.replacebody(bytes.bytes)
  }
}

/// Quarantines the message.
///
/// The C function is `smfi_quarantine`.
@_cdecl("smfi_quarantine")
public func quarantine(_ ctx: OpaquePointer?, _ reason: CText?) -> Int32 {
  on(ctx, "smfi_quarantine") { try $0.add(.quarantine(try bytes(reason, "reason"))) }
}

/// Tells the MTA that the filter is still working.
///
/// The C function is `smfi_progress`.
@_cdecl("smfi_progress")
public func progress(_ ctx: OpaquePointer?) -> Int32 {
  on(ctx, "smfi_progress") { try $0.progress() }
}
