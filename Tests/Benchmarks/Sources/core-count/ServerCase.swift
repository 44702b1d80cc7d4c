import BenchFilters
import MilterCore
import MilterKit

/// A measured server: its filter, and the bytes that the MTA sends repeatedly.
///
/// Do not change these bytes: every stored limit would mean something else.
enum ServerCase: String, CaseIterable {
  /// A `Milter` with every callback; a message of 18 replies.
  case milter
  /// The same with an `AsyncMilter` that never suspends.
  case async
  /// The same with a filter in C on the drop-in library.
  case dropIn = "drop-in"
  /// A message with 60 header fields that get no replies.
  case headers
  /// The same with a filter that gets the header fields as bytes.
  case rawHeaders = "raw-headers"
  /// A filter with `envrcpt` only: one recipient and the end of the message get replies.
  case envrcpt
  /// A connection without a message, from accept to close.
  case connection
  /// A chain of one and of three of the filters of `milter`, to which the MTA sends the content in one burst.
  case chain1, chain3
  /// A connection with one message to such a chain, from accept to close.
  case chain1Connection = "chain1-connection"
  case chain3Connection = "chain3-connection"

  /// An MTA's burst, and the number of bytes of the reply.
  typealias Burst = (bytes: [UInt8], replyBytes: Int)

  /// Bytes of the frame `continue`.
  private static let continueBytes = 5
  /// Bytes of the reply to the negotiation, which has three numbers.
  private static let agreementBytes = 17
  /// Bytes of a chain's reply to the negotiation, which asks for macros.
  private static let chainAgreementBytes = 75
  /// Bytes of an added header.
  private static let headerBytes = continueBytes + 16
  /// Bytes of the added header and the verdict.
  private static let endBytes = headerBytes + continueBytes

  /// Creates the filter; `nil` for the filter in C.
  var makeMilter: (@Sendable () -> MilterBase)? {
    switch self {
    case .milter, .connection: { CheckingFilter() }
    case .async: { AsyncCheckingFilter() }
    case .headers: { QuietFilter() }
    case .rawHeaders: { RawQuietFilter() }
    case .envrcpt: { RecipientFilter() }
    case .chain1, .chain1Connection: { MilterChain { CheckingFilter() } }
    case .chain3, .chain3Connection:
      { MilterChain { for _ in 0..<3 { ChainMember.filter(CheckingFilter()) } } }
    case .dropIn: nil
    }
  }

  /// Whether each turn has a connection of its own.
  var reconnects: Bool {
    self == .connection || self == .chain1Connection || self == .chain3Connection
  }

  /// The number of filters of a chain; `nil` for another filter.
  private var filters: Int? {
    switch self {
    case .chain1, .chain1Connection: 1
    case .chain3, .chain3Connection: 3
    default: nil
    }
  }

  /// The bursts that a connection begins with.
  var opening: [Burst] {
    let opening = CoreMessage.opening
    let negotiation = [
      (opening[0], filters != nil ? Self.chainAgreementBytes : Self.agreementBytes)
    ]
    return self == .envrcpt
      ? negotiation : negotiation + opening[1...].map { ($0, Self.continueBytes) }
  }

  /// The bursts of one turn.
  var turn: [Burst] {
    let bursts = CoreMessage.bursts
    let end = bursts[bursts.count - 1]
    let quit = [Burst(MTACommand.quit.bytes, 0)]
    switch self {
    case .chain1, .chain3, .chain1Connection, .chain3Connection:
      let endBytes = (filters ?? 0) * Self.headerBytes + Self.continueBytes
      return bursts[..<4].map { ($0, Self.continueBytes) }
        + [(bursts[4...].flatMap(\.self), endBytes)] + (reconnects ? quit : [])
    case .milter, .async, .dropIn:
      return bursts.dropLast().map { ($0, Self.continueBytes) } + [(end, Self.endBytes)]
    case .headers, .rawHeaders:
      let headers = (1...60).map { number in
        MTACommand.header(
          name: Array("X-Header-\(number)".utf8),
          value: Array(
            "a value of a usual length, sometimes folded\n\tonce, number \(number)".utf8))
      }
      let endOfHeaders = bursts[bursts.count - 3]
      let envelope = [bursts[0], bursts[1], bursts[3]]
      return envelope.map { ($0, Self.continueBytes) }
        + [(headers.flatMap(\.bytes) + endOfHeaders, Self.continueBytes)]
        + [(bursts[bursts.count - 2], Self.continueBytes), (end, Self.endBytes)]
    case .envrcpt: return [bursts[1], end].map { ($0, Self.continueBytes) }
    case .connection: return quit
    }
  }
}
