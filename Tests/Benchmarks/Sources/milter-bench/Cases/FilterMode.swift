import MilterCore

/// Which filter a target serves; each target program knows the first four.
enum FilterMode: String {
  /// Every callback active, one header added at eom.
  case full
  /// Only `envrcpt`.
  case rcpt
  /// As `full`, without replies to headers.
  case noreply
  /// As `full`, and the header `X-Block` takes half a second.
  case block
  /// As `full`, and the header `X-Block` waits until the process gets SIGUSR2; on MilterKit only.
  case wait
  /// A filter that collects the message by hand and decides at its end; on MilterKit only.
  case collect
  /// The same as a `MessageMilter`; on MilterKit only.
  case value

  /// The steps that the filter must ask for in the negotiation.
  var steps: MilterProtocolFlags {
    switch self {
    case .full, .block, .wait: []
    case .rcpt: MilterProtocolFlags.allNo.subtracting(.norcpt)
    case .noreply: .nrHdr
    case .collect: Self.unseen
    case .value: Self.unseen.union([.nrMail, .nrRcpt, .nrHdr, .nrBody])
    }
  }

  /// What a filter that decides at the end of the message does not ask for.
  private static let unseen: MilterProtocolFlags = [
    .noconnect, .nohelo, .nodata, .noeoh, .nounknown,
  ]
}
