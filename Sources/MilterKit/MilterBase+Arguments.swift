import MilterCore
import MilterRuntime

/// The arguments of callbacks, decoded from a command's payload, for all kinds of filters.
extension MilterBase {
  /// Returns the client's name and address, and records them for ``ClientReporting/client``.
  final func connectArguments(
    _ payload: Span<UInt8>
  ) throws(MilterError) -> (host: String, address: MilterAddress?) {
    let (host, address) = try CommandLayout.connect(payload)
    let name = payload.text(in: host)
    introduction = ClientIntroduction(host: name, address: address)
    return (name, address)
  }

  /// Returns the name that the client sent with HELO, and records it for ``ClientReporting/client``.
  final func heloArgument(_ payload: Span<UInt8>) throws(MilterError) -> String {
    let name = payload.text(in: try CommandLayout.string(payload, .helo))
    introduction.helo = name
    return name
  }

  /// Returns the command that the MTA does not know.
  final func unknownArgument(_ payload: Span<UInt8>) -> String {
    payload.text(in: CommandLayout.unknown(payload))
  }

  /// Returns the name and value of a header field, with a leading space if the class wants it and the MTA does
  /// not send it.
  final func headerArguments(
    _ payload: Span<UInt8>
  ) throws(MilterError) -> (name: String, value: String) {
    let (name, value) = try CommandLayout.header(payload)
    let text = payload.text(in: value)
    return (payload.text(in: name), fakesLeadingSpace ? " " + text : text)
  }

  /// Records the client from a step for which the filter has no callback.
  final func introduce(_ callback: MilterCallback, _ payload: Span<UInt8>) {
    // The filter did not request these steps, so malformed values are ignored.
    switch callback {
    case .connect: _ = try? connectArguments(payload)
    case .helo: _ = try? heloArgument(payload)
    default: break
    }
  }
}
