import LibmilterProcess
package import MilterCore
package import MilterRuntime

/// Runs the callbacks of a filter with a description as in C.
package final class DescriptionHandler: SessionHandler {
  private let filter: smfiDesc
  package let callbacks: MilterCallbacks
  private var ctx: SMFICTX?

  package init(_ filter: smfiDesc, missing: MilterCallbacks) {
    self.filter = filter
    callbacks = filter.callbacks.subtracting(missing)
  }

  package var name: String { filter.xxfi_name ?? LibmilterProcess.unknownName }
  package var rules: SessionRules { .libmilter }

  package func attach(to context: Conversation) {
    context.limit(payload: LibmilterProcess.shared.maximumPayload)
    ctx = SMFICTX(context)
  }

  package func negotiate(_ offered: MilterOptions) -> (
    status: CallbackStatus, wanted: MilterOptions
  )? {
    LibmilterNegotiation(flags: filter.xxfi_flags, callbacks: callbacks)
      .answer(offered) { offer, wanted in
        guard let ctx, let negotiate = filter.xxfi_negotiate else { return SMFIS_CONTINUE }
        return negotiate(
          ctx, offer.actions, offer.steps, offer.third, offer.fourth, &wanted.actions,
          &wanted.steps, &wanted.third, &wanted.fourth)
      }
  }

  package func run(_ callback: MilterCallback, _ payload: Span<UInt8>) throws(MilterError)
    -> CallbackStatus?
  {
    .number(try number(of: callback, payload))
  }

  /// Returns the number that a callback returns, which may be any number.
  private func number(
    of callback: MilterCallback, _ payload: Span<UInt8>
  ) throws(MilterError) -> Int32 {
    guard let ctx else { return SMFIS_CONTINUE }
    switch callback {
    case .connect:
      let (host, address) = try CommandLayout.connect(payload)
      return filter.xxfi_connect?(ctx, payload.text(in: host), address) ?? SMFIS_CONTINUE
    case .helo:
      let name = try CommandLayout.string(payload, .helo)
      return filter.xxfi_helo?(ctx, payload.text(in: name)) ?? SMFIS_CONTINUE
    case .envfrom:
      return filter.xxfi_envfrom?(ctx, try CommandLayout.texts(payload, .mail)) ?? SMFIS_CONTINUE
    case .envrcpt:
      return filter.xxfi_envrcpt?(ctx, try CommandLayout.texts(payload, .rcpt)) ?? SMFIS_CONTINUE
    case .data: return filter.xxfi_data?(ctx) ?? SMFIS_CONTINUE
    case .unknown:
      let command = payload.text(in: CommandLayout.unknown(payload))
      return filter.xxfi_unknown?(ctx, command) ?? SMFIS_CONTINUE
    case .header:
      let (name, value) = try CommandLayout.header(payload)
      return filter.xxfi_header?(ctx, payload.text(in: name), payload.text(in: value))
        ?? SMFIS_CONTINUE
    case .eoh: return filter.xxfi_eoh?(ctx) ?? SMFIS_CONTINUE
    case .body: return filter.xxfi_body?(ctx, payload.bytes, payload.count) ?? SMFIS_CONTINUE
    case .eom: return filter.xxfi_eom?(ctx) ?? SMFIS_CONTINUE
    case .negotiate, .abort, .close: return SMFIS_CONTINUE
    }
  }

  package func abort() -> Bool {
    if let ctx { _ = filter.xxfi_abort?(ctx) }
    return true
  }

  package func close() -> Bool {
    if let ctx { _ = filter.xxfi_close?(ctx) }
    return true
  }

  deinit { ctx?.detach() }
}
