import MilterCore
import MilterRuntime

extension MilterBase {
  /// Notes who the client is, from a step that has no callback.
  final func introduce(_ callback: MilterCallback, _ payload: Span<UInt8>) {
    // What cannot be read is not known: nobody has asked for it.
    switch callback {
    case .connect:
      guard let (host, address) = try? CommandLayout.connect(payload) else { return }
      introduction = ClientIntroduction(host: payload.text(in: host), address: address)
    case .helo:
      guard let name = try? CommandLayout.string(payload, .helo) else { return }
      introduction.helo = payload.text(in: name)
    default: break
    }
  }
}
