import MilterCore
import MilterRuntime

/// The arguments of callbacks, decoded from a command's payload, for all kinds of filters.
extension MilterBase {
  /// Returns the client's name and address.
  final func connectArguments(
    _ payload: Span<UInt8>
  ) throws(MilterError) -> (host: String, address: MilterAddress?) {
    let (host, address) = try CommandLayout.connect(payload)
    return (payload.text(in: host), address)
  }

  /// Returns the name that the client sent with HELO.
  final func heloArgument(_ payload: Span<UInt8>) throws(MilterError) -> String {
    payload.text(in: try CommandLayout.string(payload, .helo))
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
}
