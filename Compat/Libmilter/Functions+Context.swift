// swift-format-ignore-file: AlwaysUseLowerCamelCase

import LibmilterProcess
import MilterCore
import MilterRuntime

// The functions of one connection. They return MI_SUCCESS or MI_FAILURE, and log the reason at debug level 1
// and above. Where C refuses NULL and empty strings, they refuse empty strings.

/// Calls `body` with a connection; an error becomes `MI_FAILURE`.
private func on(
  _ ctx: SMFICTX, _ function: StaticString, _ body: (Conversation) throws -> Void
) -> Int32 {
  DebugLog.result(of: function) {
    guard try ctx.withConnection(body) != nil else { throw Refusal("the connection is gone") }
  }
}

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Returns the value of a macro; `nil` if the MTA has not sent it.
public func smfi_getsymval(_ ctx: SMFICTX, _ symname: String) -> String? {
  let value = ctx.withConnection { $0.session.symbols[symname.utf8] } ?? nil
  return value.map { String(decoding: $0, as: UTF8.self) }
}

/// Keeps a value of the filter until the connection ends; `nil` removes it.
@discardableResult
public func smfi_setpriv(_ ctx: SMFICTX, _ privatedata: Any?) -> Int32 {
  ctx.keep(privatedata) ? MI_SUCCESS : MI_FAILURE
}

/// Returns the kept value; `nil` after the end of the connection.
public func smfi_getpriv(_ ctx: SMFICTX) -> Any? { ctx.data }

/// Sets the reply for the next verdict of the same class.
@discardableResult
public func smfi_setreply(
  _ ctx: SMFICTX, _ rcode: String, _ xcode: String?, _ message: String?
) -> Int32 {
  on(ctx, "smfi_setreply") {
    $0.session.reply = try MilterReply(rcode, xcode, text: message.map(bytes))
  }
}

/// Sets a reply of several lines; as in C, `nil` ends the lines.
@discardableResult
public func smfi_setmlreply(
  _ ctx: SMFICTX, _ rcode: String, _ xcode: String?, _ lines: String?...
) -> Int32 {
  on(ctx, "smfi_setmlreply") {
    let texts = lines.prefix { $0 != nil }.compactMap { $0 }
    $0.session.reply = try MilterReply(rcode, xcode, lines: texts.map(bytes))
  }
}

/// Requests macros at a stage: `SMFIM_*`.
@discardableResult
public func smfi_setsymlist(_ ctx: SMFICTX, _ stage: Int32, _ macros: String) -> Int32 {
  on(ctx, "smfi_setsymlist") {
    try $0.session.setsymlist(Arguments.stage(stage), bytes(macros))
  }
}

/// Adds a header field.
@discardableResult
public func smfi_addheader(_ ctx: SMFICTX, _ headerf: String, _ headerv: String) -> Int32 {
  on(ctx, "smfi_addheader") { try $0.add(.addheader(name: bytes(headerf), value: bytes(headerv))) }
}

/// Inserts a header field.
@discardableResult
public func smfi_insheader(
  _ ctx: SMFICTX, _ hdridx: Int32, _ headerf: String, _ headerv: String
) -> Int32 {
  on(ctx, "smfi_insheader") {
    try $0.add(
      .insheader(index: try Arguments.index(hdridx), name: bytes(headerf), value: bytes(headerv)))
  }
}

/// Changes a header field, or deletes it if the value is `nil`.
@discardableResult
public func smfi_chgheader(
  _ ctx: SMFICTX, _ headerf: String, _ hdridx: Int32, _ headerv: String?
) -> Int32 {
  on(ctx, "smfi_chgheader") {
    try $0.add(
      .chgheader(
        index: try Arguments.index(hdridx), name: bytes(headerf), value: bytes(headerv ?? "")))
  }
}

/// Changes the envelope sender.
@discardableResult
public func smfi_chgfrom(_ ctx: SMFICTX, _ mail: String, _ args: String?) -> Int32 {
  on(ctx, "smfi_chgfrom") { try $0.add(.chgfrom(bytes(mail), arguments: args.map(bytes))) }
}

/// Adds a recipient.
@discardableResult
public func smfi_addrcpt(_ ctx: SMFICTX, _ rcpt: String) -> Int32 {
  on(ctx, "smfi_addrcpt") { try $0.add(.addrcpt(bytes(rcpt))) }
}

/// Adds a recipient with ESMTP arguments.
@discardableResult
public func smfi_addrcpt_par(_ ctx: SMFICTX, _ rcpt: String, _ args: String?) -> Int32 {
  on(ctx, "smfi_addrcpt_par") { try $0.add(.addrcptPar(bytes(rcpt), arguments: args.map(bytes))) }
}

/// Deletes a recipient.
@discardableResult
public func smfi_delrcpt(_ ctx: SMFICTX, _ rcpt: String) -> Int32 {
  on(ctx, "smfi_delrcpt") { try $0.add(.delrcpt(bytes(rcpt))) }
}

/// Replaces the body with the first bytes of an array, or continues the replacement.
@discardableResult
public func smfi_replacebody(_ ctx: SMFICTX, _ bodyp: [UInt8], _ bodylen: Int) -> Int32 {
  on(ctx, "smfi_replacebody") {
    guard 0...bodyp.count ~= bodylen else {
      throw Refusal("the length \(bodylen) is not that of the body, \(bodyp.count)")
    }
    try $0.replacebody(bodyp.span.bytes.extracting(first: bodylen))
  }
}

/// Quarantines the message.
@discardableResult
public func smfi_quarantine(_ ctx: SMFICTX, _ reason: String) -> Int32 {
  on(ctx, "smfi_quarantine") { try $0.add(.quarantine(bytes(reason))) }
}

/// Tells the MTA that the filter is still working.
@discardableResult
public func smfi_progress(_ ctx: SMFICTX) -> Int32 {
  on(ctx, "smfi_progress") { try $0.progress() }
}
