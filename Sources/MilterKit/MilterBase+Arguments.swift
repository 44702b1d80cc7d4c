import MilterCore
import MilterRuntime

/// The arguments of callbacks, read from a command's payload, for all kinds of filters.
extension MilterBase {
  /// The client's name and address, which ``ClientReporting/client`` has from here.
  final func connectArguments(
    _ payload: Span<UInt8>
  ) throws(MilterError) -> (host: String, address: MilterAddress?) {
    let (host, address) = try CommandLayout.connect(payload)
    let name = payload.text(in: host)
    introduction = ClientIntroduction(host: name, address: address)
    return (name, address)
  }

  /// The name that the client gives itself, which ``ClientReporting/client`` has from here.
  final func heloArgument(_ payload: Span<UInt8>) throws(MilterError) -> String {
    let name = payload.text(in: try CommandLayout.string(payload, .helo))
    introduction.helo = name
    return name
  }

  /// The command that the MTA does not know.
  final func unknownArgument(_ payload: Span<UInt8>) -> String {
    payload.text(in: CommandLayout.unknown(payload))
  }

  /// A header's name and its value, with a leading space if the class wants one that the MTA keeps.
  final func headerArguments(
    _ payload: Span<UInt8>
  ) throws(MilterError) -> (name: String, value: String) {
    let (name, value) = try CommandLayout.header(payload)
    let text = payload.text(in: value)
    return (payload.text(in: name), fakesLeadingSpace ? " " + text : text)
  }

  /// Records the client from a step for which the filter has no callback.
  final func introduce(_ callback: MilterCallback, _ payload: Span<UInt8>) {
    // What cannot be read is not known: nobody has asked for it.
    switch callback {
    case .connect: _ = try? connectArguments(payload)
    case .helo: _ = try? heloArgument(payload)
    default: break
    }
  }
}
