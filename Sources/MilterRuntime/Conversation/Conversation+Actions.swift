package import MilterCore
import MilterSystem

/// The actions of a filter.
extension Conversation {
  /// The time between two pieces of a body that are sent as signs of life, in nanoseconds.
  ///
  /// A filter may report progress far more often than a body has bytes.
  private static let pieceInterval: UInt64 = 100_000_000

  /// Checks that the MTA waits for the callback still.
  ///
  /// - Throws: if it was answered in the callback's place.
  package func checkTime() throws(MilterError) { try watch?.checkTime() }

  /// Whether the MTA has been answered without the callback under way.
  package var isAnswered: Bool { watch?.isOver ?? false }

  /// A callback threw.
  package func countThrow() {
    hasThrown = true
    counters?.count(.callback)
  }

  package func add(_ action: FilterReply) throws {
    if shadow != nil { return try shade(action) }
    try session.addInPlace(action, to: &output)
    try sendIfLarge()
  }

  package func replacebody(_ body: RawSpan) throws {
    if shadow != nil { return try shadeBody(body) }
    let size = session.bodyFrameSize
    var rest = body
    repeat {
      let chunk = rest.extracting(first: size)
      takeBackTail()
      try session.replacebody(chunk, to: &output)
      try sendIfLarge()
      rest = rest.extracting(droppingFirst: chunk.byteCount)
    } while !rest.isEmpty
    if output.hasReleasedBody { try send() }
  }

  package func progress() throws {
    takeBackTail()
    let now = CoarseClock.nanoseconds
    if !output.hasReleasedBody {
      try session.progress(to: &output)
    } else if now &- lastPiece >= Self.pieceInterval {
      try session.progress(to: &output)
      lastPiece = now
    }
    try send()
  }

  /// Takes the tail of the new body back from the watch, before the body goes on.
  func takeBackTail() {
    guard output.hasReleasedBody, let watch else { return }
    output.dropPieces(watch.takeBackTail())
  }

  /// Takes back the changes of a callback that threw, and returns the answer for it.
  package func answerToError() -> (answer: MilterErrorAnswer, status: MilterStatus) {
    switch onError {
    case .tempfail: return (.tempfail, .tempfail)
    case .reject: return (.reject, .reject)
    case .accept:
      takeBackTail()
      return output.dropChanges() ? (.accept, .accept) : (.tempfail, .tempfail)
    case .shutdown:
      session.reply = try? MilterReply(
        "421", "4.3.0", text: Array("Service not available, closing connection".utf8))
      return (.shutdown, .tempfail)
    }
  }

  /// Sets most bytes of payload in a packet, in both directions.
  ///
  /// C's type for it has no sign: what is negative here means no limit there.
  package func limit(payload: Int) {
    let payload = 0...Int(Int32.max) ~= payload ? payload : Int(Int32.max)
    session.maximumPayload = payload
    input.maximumPayload = payload
  }
}
