import MilterSockets

/// What a filter instance works on: the session of its connection, and the way to the socket.
///
/// It belongs to the thread that runs the connection, as the filter instance does, and no access to
/// a property lasts while a callback runs. So the compiler's checks of overlapping accesses, which
/// would be a quarter of what a command costs, have nothing to find.
/// The corresponding libmilter type is `SMFICTX`.
package final class MilterContext {
  @exclusivity(unchecked) package var session: FilterSession
  @exclusivity(unchecked) var decoder: FrameDecoder
  /// The command that is being worked on.
  @exclusivity(unchecked) var current: Frame?

  /// Those of the thread that serves the connection.
  @exclusivity(unchecked) var counters: ThreadCounters?

  /// The log, for lines about the connection.
  private let connectionLog: MilterLog
  @exclusivity(unchecked) private var output: ReplyBuffer
  private let socket: Socket
  private let isTCP: Bool
  /// Why no more can be sent: a reply went out in part, and anything would pass for its rest.
  @exclusivity(unchecked) private var breakdown: SocketError?

  /// Replies beyond this are sent before the verdict, so that a new body is never held whole.
  private static let flushSize = 64 * 1024

  init(_ socket: Socket, decoder: FrameDecoder, session: FilterSession, log: MilterLog) {
    connectionLog = log
    self.socket = socket
    isTCP = (try? socket.localAddress)?.family != .unix
    self.decoder = decoder
    self.session = session
    output = ReplyBuffer(session.rules)
  }

  /// The log, for lines about the connection and, once its queue id is known, the message.
  var log: MilterLog {
    var log = connectionLog
    log.subject?.symbols = session.symbols
    return log
  }

  package func add(_ action: FilterReply) throws {
    try session.add(action, to: &output)
    try flushIfLarge()
  }

  package func replacebody(_ body: RawSpan) throws {
    let size = session.bodyFrameSize
    var rest = body
    repeat {
      let chunk = rest.extracting(first: size)
      try session.replacebody(chunk, to: &output)
      try flushIfLarge()
      rest = rest.extracting(droppingFirst: chunk.byteCount)
    } while !rest.isEmpty
  }

  package func progress() throws {
    try session.progress(to: &output)
    try flush()
  }

  /// Sends what a status means.
  ///
  /// - Returns: whether the connection goes on, and what the filter did wrong.
  func answer(
    _ callback: MilterCallback, _ status: Int32
  ) -> (goesOn: Bool, mistake: MilterError?) {
    session.answer(callback, status, to: &output)
  }

  func agree(_ status: Int32, _ options: MilterOptions) throws(MilterError) {
    try session.agree(status, options, to: &output)
    decoder.maximumPayload = session.maximumPayload
  }

  private func flushIfLarge() throws(SocketError) {
    if output.ready.count >= Self.flushSize { try flush() }
  }

  /// Sends what is ready, in one write.
  func flush() throws(SocketError) {
    if let breakdown { throw breakdown }
    guard !output.ready.isEmpty else { return }
    defer { output.removeReady() }
    do throws(SocketError) {
      try output.ready.bytes.span.bytes.withUnsafeBytes { bytes throws(SocketError) in
        try socket.write(all: bytes)
      }
      counters?.add(output.ready.count, to: .bytesSent)
    } catch {
      breakdown = error
      throw error
    }
  }

  /// Sends what is ready, or, when that is nothing, confirms what was read.
  ///
  /// Sendmail writes macros and the command they belong to one after the other. Over TCP its system
  /// holds the command back until the macros are confirmed, for which ours would take 40
  /// milliseconds if it waited for a reply to go along with.
  func flushOrConfirm() throws(SocketError) {
    if breakdown != nil || !output.ready.isEmpty {
      try flush()
    } else if isTCP {
      // A peer that is gone makes this fail; the next read will tell.
      try? socket.confirm()
    }
  }

  /// Sets most bytes of payload in a packet, in both directions.
  ///
  /// C's type for it has no sign: what is negative here means no limit there.
  package func limit(payload: Int) {
    let payload = 0...Int(Int32.max) ~= payload ? payload : Int(Int32.max)
    session.maximumPayload = payload
    decoder.maximumPayload = payload
  }

  /// Gives the buffers back while the connection is idle.
  func releaseBuffers() {
    decoder.releaseStorage()
    if output.isEmpty { output = ReplyBuffer(session.rules) }
  }

  var rawArguments: [[UInt8]] {
    guard let current, let code = MTACommandCode(rawValue: current.code) else { return [] }
    let buffer = decoder.storage
    let payload = buffer.span.extracting(current.payload)
    switch code {
    case .connect:
      let strings = payload.cStrings()
      guard let host = strings.first, let place = try? CommandLayout.connect(payload) else {
        return []
      }
      // The address lies behind the family byte and the port.
      let address = place.address == nil ? nil : payload.cString(at: host.upperBound + 4)
      return [payload.bytes(in: host)] + (address.map { [payload.bytes(in: $0)] } ?? [])
    case .helo: return [payload.bytes(in: payload.cString(at: 0) ?? 0..<0)]
    case .unknown: return [payload.bytes(in: CommandLayout.unknown(payload))]
    case .mail, .rcpt: return payload.cStrings().bytes(payload)
    case .header:
      guard let (name, value) = try? CommandLayout.header(payload) else { return [] }
      return [payload.bytes(in: name), payload.bytes(in: value)]
    case .body, .endOfBody: return payload.isEmpty ? [] : [payload.bytes(in: 0..<payload.count)]
    case .negotiate, .macro, .data, .eoh, .abort, .quit, .quitNewConnection: return []
    }
  }
}
