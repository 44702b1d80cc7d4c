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

  /// The steps that the filter must ask for in the negotiation.
  var steps: MilterProtocolFlags {
    switch self {
    case .full, .block, .wait: []
    case .rcpt: MilterProtocolFlags.allNo.subtracting(.norcpt)
    case .noreply: .nrHdr
    }
  }
}
