import CMilterAPI
import Glibc
import LibmilterProcess
import MilterCore
import MilterRuntime

/// Runs the callbacks of a C filter for one connection.
///
/// The pointers that callbacks get point into the packet itself. The filter may write to it, as with the
/// original, because a packet is not read again after its callback has begun.
final class FilterHandler: SessionHandler {
  private let filter: CFilter
  private var slot: ContextSlot.Pointer?

  init(_ filter: CFilter) { self.filter = filter }

  deinit {
    if let slot { ContextSlot.release(slot) }
  }

  var name: String { filter.name }
  var callbacks: MilterCallbacks { filter.callbacks }
  var rules: SessionRules { .libmilter }

  func attach(to context: Conversation) {
    context.limit(payload: LibmilterProcess.shared.maximumPayload)
    slot = ContextSlot.acquire(for: context)
  }

  /// The callbacks' pointer to the connection.
  private var ctx: OpaquePointer? { slot.map { OpaquePointer($0) } }

  func negotiate(_ offered: MilterOptions) -> (status: CallbackStatus, wanted: MilterOptions)? {
    let description = filter.description
    return LibmilterNegotiation(flags: description.xxfi_flags, callbacks: callbacks)
      .answer(offered) { offer, wanted in
        description.xxfi_negotiate?(
          ctx, offer.actions, offer.steps, offer.third, offer.fourth, &wanted.actions,
          &wanted.steps, &wanted.third, &wanted.fourth) ?? SMFIS_CONTINUE
      }
  }

  @inline(__always)
  func run(_ callback: MilterCallback, _ payload: Span<UInt8>) throws(MilterError)
    -> CallbackStatus?
  {
    .number(try number(of: callback, payload))
  }

  /// Returns the number that a callback returns, which may be any number.
  @inline(__always)
  private func number(
    of callback: MilterCallback, _ payload: Span<UInt8>
  ) throws(MilterError) -> Int32 {
    switch callback {
    case .connect: return try connect(payload)
    case .helo:
      guard let helo = filter.description.xxfi_helo else { return SMFIS_CONTINUE }
      // If the NUL is missing, the original drops the command, and does not answer.
      guard let name = try? CommandLayout.string(payload, .helo) else { return Self.noAnswer }
      return payload.withCharacters { helo(ctx, $0 + name.lowerBound) }
    case .envfrom: return try envelope(payload, .mail, filter.description.xxfi_envfrom)
    case .envrcpt: return try envelope(payload, .rcpt, filter.description.xxfi_envrcpt)
    case .data: return filter.description.xxfi_data?(ctx) ?? SMFIS_CONTINUE
    case .unknown:
      return payload.withTerminatedCopy {
        filter.description.xxfi_unknown?(ctx, $0) ?? SMFIS_CONTINUE
      }
    case .header:
      let (name, value) = try CommandLayout.header(payload)
      return payload.withCharacters { start in
        filter.description.xxfi_header?(ctx, start + name.lowerBound, start + value.lowerBound)
          ?? SMFIS_CONTINUE
      }
    case .eoh: return filter.description.xxfi_eoh?(ctx) ?? SMFIS_CONTINUE
    case .body:
      return payload.withCharacters { start in
        let chunk = UnsafeMutableRawPointer(start).assumingMemoryBound(to: UInt8.self)
        return filter.description.xxfi_body?(ctx, chunk, payload.count) ?? SMFIS_CONTINUE
      }
    case .eom: return filter.description.xxfi_eom?(ctx) ?? SMFIS_CONTINUE
    case .negotiate, .abort, .close: return SMFIS_CONTINUE
    }
  }

  /// Calls `xxfi_connect`.
  ///
  /// It is not inlined, because the room for an address on the stack would cost every callback time.
  @inline(never)
  private func connect(_ payload: Span<UInt8>) throws(MilterError) -> Int32 {
    guard let connect = filter.description.xxfi_connect else { return SMFIS_CONTINUE }
    let (host, address) = try CommandLayout.connect(payload)
    return payload.withCharacters { start in
      guard let address else { return connect(ctx, start + host.lowerBound, nil) }
      var storage = sockaddr_storage(address, after: host, payload)
      return storage.withSocketAddress { connect(ctx, start + host.lowerBound, $0) }
    }
  }

  /// Calls `xxfi_envfrom` or `xxfi_envrcpt`.
  private func envelope(
    _ payload: Span<UInt8>, _ code: MTACommandCode,
    _ function: (
      @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
      ) -> sfsistat
    )?
  ) throws(MilterError) -> Int32 {
    // The closure does not retain the handler, which would cost time.
    let ctx = ctx
    guard let status = payload.withStrings({ function?(ctx, $0) ?? SMFIS_CONTINUE }) else {
      throw CommandLayout.noString(code)
    }
    return status
  }

  /// A status for which libmilter does nothing and sends nothing.
  private static let noAnswer: Int32 = -1

  func abort() -> Bool {
    _ = filter.description.xxfi_abort?(ctx)
    return true
  }

  func close() -> Bool {
    _ = filter.description.xxfi_close?(ctx)
    return true
  }
}
