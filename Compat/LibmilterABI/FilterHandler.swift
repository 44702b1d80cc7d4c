import CLibmilter
import Glibc
import LibmilterProcess
import MilterKit

/// Runs the callbacks of a C filter for one connection.
///
/// The pointers that callbacks get lie in a buffer of the connection's own, which the filter may
/// write to as it could with the original.
final class FilterHandler: SessionHandler {
  private let filter: CFilter
  private let arguments = ArgumentBuffer()
  private var slot: ContextSlot.Pointer?

  init(_ filter: CFilter) { self.filter = filter }

  deinit {
    if let slot { ContextSlot.release(slot) }
  }

  var name: String { filter.name }
  var callbacks: MilterCallbacks { filter.callbacks }
  var rules: SessionRules { .libmilter }

  func attach(to context: MilterContext) {
    context.limit(payload: LibmilterProcess.shared.maximumPayload)
    slot = ContextSlot.acquire(for: context)
  }

  /// What the callbacks know the connection by.
  private var ctx: OpaquePointer? { slot.map { OpaquePointer($0) } }

  func negotiate(_ offered: MilterOptions) -> (status: Int32, wanted: MilterOptions) {
    let flags = MilterActionFlags(
      rawValue: UInt32(truncatingIfNeeded: filter.description.xxfi_flags))
    var wanted = MilterOptions(actions: flags, steps: callbacks.notWanted)
    guard callbacks.contains(.negotiate), let negotiate = filter.description.xxfi_negotiate else {
      return (SMFIS_CONTINUE, wanted)
    }
    wanted.steps.formUnion(offered.steps.intersection(.skip))
    // The original's numbers are signed until here.
    func extended(_ bits: UInt32) -> UInt { UInt(bitPattern: Int(Int32(bitPattern: bits))) }
    let actions = extended(offered.actions.rawValue)
    let steps = extended(offered.steps.rawValue)
    var result = (actions, UInt(wanted.steps.rawValue), UInt(0), UInt(0))
    let status = negotiate(
      ctx, actions, steps, 0, 0, &result.0, &result.1, &result.2, &result.3)
    wanted.actions = MilterActionFlags(rawValue: UInt32(truncatingIfNeeded: result.0))
    wanted.steps = MilterProtocolFlags(rawValue: UInt32(truncatingIfNeeded: result.1))
    return (status, wanted)
  }

  func run(_ callback: MilterCallback, _ payload: Span<UInt8>) throws(MilterError) -> Int32 {
    let description = filter.description
    switch callback {
    case .connect:
      let (host, address) = try CommandLayout.connect(payload)
      let bytes = arguments.copy(payload)
      let socketAddress = address.flatMap { arguments.socketAddress(of: $0, after: host, payload) }
      return description.xxfi_connect?(ctx, bytes + host.lowerBound, socketAddress)
        ?? SMFIS_CONTINUE
    case .helo:
      // Without its end the original drops the command, and does not answer.
      guard let name = try? CommandLayout.string(payload, .helo) else { return Self.noAnswer }
      return description.xxfi_helo?(ctx, arguments.copy(payload) + name.lowerBound)
        ?? SMFIS_CONTINUE
    case .envfrom:
      let strings = try CommandLayout.arguments(payload, .mail)
      return description.xxfi_envfrom?(ctx, arguments.vector(strings, payload)) ?? SMFIS_CONTINUE
    case .envrcpt:
      let strings = try CommandLayout.arguments(payload, .rcpt)
      return description.xxfi_envrcpt?(ctx, arguments.vector(strings, payload)) ?? SMFIS_CONTINUE
    case .data: return description.xxfi_data?(ctx) ?? SMFIS_CONTINUE
    case .unknown:
      return description.xxfi_unknown?(ctx, arguments.copy(payload)) ?? SMFIS_CONTINUE
    case .header:
      let (name, value) = try CommandLayout.header(payload)
      let bytes = arguments.copy(payload)
      return description.xxfi_header?(ctx, bytes + name.lowerBound, bytes + value.lowerBound)
        ?? SMFIS_CONTINUE
    case .eoh: return description.xxfi_eoh?(ctx) ?? SMFIS_CONTINUE
    case .body:
      let chunk = UnsafeMutableRawPointer(arguments.copy(payload))
      return description.xxfi_body?(
        ctx, chunk.assumingMemoryBound(to: UInt8.self), payload.count) ?? SMFIS_CONTINUE
    case .eom: return description.xxfi_eom?(ctx) ?? SMFIS_CONTINUE
    case .negotiate, .abort, .close: return SMFIS_CONTINUE
    }
  }

  /// A status for which libmilter sends nothing and does nothing.
  private static let noAnswer: Int32 = -1

  func abort() { _ = filter.description.xxfi_abort?(ctx) }

  func close() { _ = filter.description.xxfi_close?(ctx) }
}
