package import MilterCore
import MilterSystem

/// The actions of a filter.
extension Conversation {
  /// The time between two parts of a body that are sent instead of progress packets, in nanoseconds.
  ///
  /// A filter may report progress far more often than the body has bytes.
  private static let pieceInterval: UInt64 = 100_000_000

  /// Checks that the MTA still waits for the callback.
  ///
  /// - Throws: An error if the MTA has got an answer without the callback.
  package func checkTime() throws(MilterError) { try watch?.checkTime() }

  /// Whether the MTA has got an answer without the current callback.
  package var isAnswered: Bool { watch?.isOver ?? false }

  /// Counts a callback that has thrown.
  package func countThrow() {
    hasThrown = true
    counters?.count(.callback)
  }

  package func add(_ action: FilterReply) throws {
    if shadow != nil { return try shade(action) }
    try session.addInPlace(action, to: &output)
    try sendIfLarge()
  }

  /// Adds a header field whose name and value contain no NUL; returns whether it did.
  ///
  /// If not, call ``add(_:)``.
  package func addPlainly(header name: Span<UInt8>, _ value: Span<UInt8>) throws -> Bool {
    guard shadow == nil, session.addPlainly(header: name, value, to: &output) else { return false }
    try sendIfLarge()
    return true
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

  /// Takes the tail of the new body back from the watch, before more of the body follows.
  func takeBackTail() {
    guard output.hasReleasedBody, let watch else { return }
    output.dropPieces(watch.takeBackTail())
  }

  /// Drops the changes of a callback that has thrown, and returns the answer.
  package func answerToError() -> (answer: MilterErrorAnswer, status: MilterStatus) {
    switch settings.onError {
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

  /// Sets the maximum payload of a packet in bytes, in both directions.
  ///
  /// C's type is unsigned, so a negative number means no limit in C.
  package func limit(payload: Int) {
    let payload = 0...Int(Int32.max) ~= payload ? payload : Int(Int32.max)
    session.maximumPayload = payload
    input.maximumPayload = payload
  }
}
