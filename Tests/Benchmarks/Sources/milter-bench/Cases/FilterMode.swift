import MilterCore

/// The filter that a target serves; every target program has the first four.
enum FilterMode: String {
  /// Every callback active, one header added at eom.
  case full
  /// Only `envrcpt`.
  case rcpt
  /// As `full`, without replies to headers.
  case noreply
  /// As `noreply`, with header fields as bytes; on MilterKit only, beside the floor's `noreply`.
  case raw
  /// As `full`, and the header `X-Block` takes half a second.
  case block
  /// As `full`, and the header `X-Block` waits until the process gets SIGUSR2; on MilterKit only.
  case wait
  /// A filter that collects the message itself and decides at its end; on MilterKit only.
  case collect
  /// The same as a `MessageMilter`; on MilterKit only.
  case value

  /// The steps that the filter must ask for in the negotiation.
  var steps: MilterProtocolFlags {
    switch self {
    case .full, .block, .wait: []
    case .rcpt: MilterProtocolFlags.allNo.subtracting(.norcpt)
    case .noreply, .raw: .nrHdr
    case .collect: Self.unseen
    case .value: Self.unseen.union([.nrMail, .nrRcpt, .nrHdr, .nrBody])
    }
  }

  /// The steps that a filter leaves out if it decides at the end of the message.
  private static let unseen: MilterProtocolFlags = [
    .noconnect, .nohelo, .nodata, .noeoh, .nounknown,
  ]
}
