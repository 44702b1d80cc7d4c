import Dispatch
package import MilterCore
import MilterSystem

/// What a filter instance works on: the session of its connection, and the way to the socket.
///
/// It belongs to the thread that runs the connection, as the filter instance does, and no access to
/// a property lasts while a callback runs. So the compiler's checks of overlapping accesses, which
/// would be a quarter of what a command costs, have nothing to find. Where a filter's functions may be
/// called from other threads, ``lock`` guards everything but the decoder and the current command.
/// The corresponding libmilter type is `SMFICTX`.
package final class MilterContext {
  @exclusivity(unchecked) package var session: FilterSession
  @exclusivity(unchecked) var decoder: FrameDecoder
  /// The command that is being worked on.
  @exclusivity(unchecked) var current: Frame?

  /// Guards the context from the filter's other threads; nil if the filter cannot have any.
  package var lock: ContextLock?

  /// Those of the thread that serves the connection; nil while a callback is suspended.
  @exclusivity(unchecked) var counters: ThreadCounters?
  /// Count what a callback sends that suspended.
  private let serverCounters: ServerCounters?
  /// Runs what is left of callbacks that suspend.
  package private(set) lazy var executor = CallbackExecutor(threads)
  private let threads: any CallbackThreads

  /// The log, for lines about the connection.
  private let connectionLog: MilterLog
  @exclusivity(unchecked) private var output: ReplyBuffer
  private let sink: any ReplySink
  private let isTCP: Bool
  /// How long a callback waits, in all, for the MTA to take what it sends.
  private let patience: Duration
  /// What looks after the callbacks; nil if they have no limits.
  let watch: CallbackWatch?
  /// What the output is when nothing is to be sent.
  private let noOutput: ReplyBuffer
  /// When the last piece of a body was sent as a sign of life, by ``CoarseClock``.
  @exclusivity(unchecked) private var lastPiece: UInt64 = 0
  /// Has the server stop, without waiting for it.
  package let requestStop: (@Sendable () -> Void)?
  /// What is answered for a callback that throws.
  private let onError: MilterErrorAnswer
  /// Why no more can be sent: a reply went out in part, and anything would pass for its rest.
  @exclusivity(unchecked) private var breakdown: SocketError?
  /// Whether the MTA has not taken all that was sent; ``flush()`` tries again.
  @exclusivity(unchecked) private(set) var isBlocked = false

  /// Replies beyond this are sent before the verdict, so that a new body is never held whole.
  private static let flushSize = 64 * 1024
  /// What is kept for an MTA that does not take it; beyond this a callback waits.
  private static let mostUnsent = 256 * 1024
  /// The time between two pieces of a body that are sent as signs of life, in nanoseconds.
  ///
  /// A filter may report progress far more often than a body has bytes.
  private static let pieceInterval: UInt64 = 100_000_000

  init(
    _ sink: any ReplySink, decoder: FrameDecoder, session: FilterSession, log: MilterLog,
    patience: Duration, mostHeld: Int, watch: CallbackWatch?, onError: MilterErrorAnswer,
    requestStop: (@Sendable () -> Void)?, threads: any CallbackThreads,
    serverCounters: ServerCounters?
  ) {
    self.requestStop = requestStop
    self.onError = onError
    self.threads = threads
    self.serverCounters = serverCounters
    connectionLog = log
    self.sink = sink
    self.watch = watch
    self.patience = patience
    isTCP = sink.isTCP
    self.decoder = decoder
    self.session = session
    noOutput = ReplyBuffer(session.rules, mostHeld: mostHeld)
    output = noOutput
  }

  /// What the filter would have done, if it may do nothing.
  @exclusivity(unchecked) var shadow: Shadow?

  /// Checks that the MTA waits for the callback still.
  ///
  /// - Throws: if it was answered in the callback's place.
  package func checkTime() throws(MilterError) { try watch?.checkTime() }

  /// Whether the MTA has been answered without the callback under way.
  package var isAnswered: Bool { watch?.isOver ?? false }

  /// A callback threw.
  package func countThrow() { counters?.count(.callback) }

  /// Runs `body` while no other thread works on the context.
  func withLock<Result>(_ body: (MilterContext) throws -> Result) rethrows -> Result {
    lock?.lock()
    defer { lock?.unlock() }
    return try body(self)
  }

  /// The log, for lines about the connection and, once its queue id is known, the message.
  package var log: MilterLog {
    var log = connectionLog
    log.subject?.symbols = session.symbols
    return log
  }

  package func add(_ action: FilterReply) throws {
    if shadow != nil { return try shade(action) }
    try session.add(action, to: &output)
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
  private func takeBackTail() {
    guard output.hasReleasedBody, let watch else { return }
    output.dropPieces(watch.takeBackTail())
  }

  /// Begins to watch a callback, if it is to be watched.
  func beginWatch(_ callback: MilterCallback) {
    guard let watch else { return }
    // What was answered before is not to wait for this callback, nor to be lost with it.
    try? flush()
    watch.begin(
      callback, isAnswered: session.expectsAnswer(to: callback),
      takesProgress: watch.keepsAlive && session.expectsAnswer(to: callback)
        && session.takesProgress,
      hasChanges: output.hasReleasedChanges, at: CoarseClock.nanoseconds, log: log)
  }

  /// Sends what a status means.
  ///
  /// - Returns: whether the connection goes on, and what the filter did wrong.
  func answer(
    _ callback: MilterCallback, _ status: Int32
  ) -> (goesOn: Bool, mistake: MilterError?) {
    takeBackTail()
    return session.answer(callback, shadow == nil ? status : shade(callback, status), to: &output)
  }

  /// Takes back what a callback that threw has asked for, and says what is answered for it.
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

  /// Moves the session on as the MTA does, which has been answered by the watch.
  func forgetAnswer(_ callback: MilterCallback, _ status: MilterStatus) {
    var forgotten = ReplyBuffer(session.rules)
    _ = session.answer(callback, status, to: &forgotten)
  }

  func agree(_ status: Int32, _ options: MilterOptions) throws(MilterError) {
    try session.agree(status, options, to: &output)
    decoder.maximumPayload = session.maximumPayload
  }

  /// Sends what is ready between two commands, if it is much; what the MTA does not take waits.
  func flushIfLarge() throws {
    if output.ready.count >= Self.flushSize { try flush() }
  }

  private func sendIfLarge() throws {
    if output.ready.count >= Self.flushSize { try send() }
  }

  /// Sends what is ready in the middle of a callback, which waits if the MTA lets too much pile up.
  private func send() throws {
    try flush()
    // The watch sends pieces of a body's tail only once everything before the tail was taken.
    let mostUnsent = output.hasReleasedBody && watch?.keepsAlive ?? false ? 0 : Self.mostUnsent
    guard output.ready.count > mostUnsent else { return }
    let deadline = DispatchTime.now() + patience.dispatch
    while output.ready.count > mostUnsent {
      let now = DispatchTime.now()
      guard now < deadline,
        try sink.waitForRoom(milliseconds: now.milliseconds(to: deadline))
      else {
        throw breakDown(
          SocketError(
            .timedOut,
            "cannot write: the MTA takes no more; \(output.ready.count) bytes are left"))
      }
      try flush()
    }
  }

  /// Sends what is ready, in one write, as far as the MTA takes it.
  func flush() throws {
    if let breakdown { throw breakdown }
    guard let watch else { return try transmit() }
    guard !output.ready.isEmpty || output.hasReleasedBody else { return }
    try watch.send(changes: output.hasReleasedChanges) { () throws(SocketError) in
      try transmit()
      return isBlocked ? .rest : output.tail.map { .body($0) } ?? .anything
    }
  }

  private func transmit() throws(SocketError) {
    guard !output.ready.isEmpty else { return }
    do throws(SocketError) {
      let size = output.ready.count
      let count = try output.ready.storage.span.extracting(..<size).withUnsafeBytes {
        bytes throws(SocketError) in try sink.writeAvailable(bytes)
      }
      if let counters {
        counters.add(count, to: .bytesSent)
      } else {
        serverCounters?.add(count, to: .bytesSent)
      }
      output.removeReady(first: count)
      isBlocked = !output.ready.isEmpty
    } catch {
      throw breakDown(error)
    }
  }

  private func breakDown(_ error: SocketError) -> SocketError {
    breakdown = error
    isBlocked = false
    output = noOutput
    return error
  }

  /// Sends what is ready, or, when that is nothing, confirms what was read.
  ///
  /// Sendmail writes macros and the command they belong to one after the other. Over TCP its system
  /// holds the command back until the macros are confirmed, for which ours would take 40
  /// milliseconds if it waited for a reply to go along with.
  func flushOrConfirm() throws {
    if breakdown != nil || !output.ready.isEmpty {
      try flush()
    } else if isTCP {
      // A peer that is gone makes this fail; the next read will tell.
      try? sink.confirm()
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
    if let frame = current {
      current = decoder.releaseStorage(keeping: frame)
    } else {
      decoder.releaseStorage()
    }
    session.releaseStorage()
    if output.isEmpty { output = noOutput }
  }

  /// The header field that the filter gets, as it stands in the message; empty elsewhere.
  package var rawHeader: [UInt8] {
    guard let current, current.code == MTACommandCode.header.rawValue else { return [] }
    let buffer = decoder.storage
    let payload = buffer.span.extracting(current.payload)
    guard let (name, value) = try? CommandLayout.header(payload) else { return [] }
    let (cr, lf) = (UInt8(0x0D), UInt8(0x0A))
    var field = payload.bytes(in: name)
    field.reserveCapacity(field.count + value.count + 16)
    field.append(UInt8(ascii: ":"))
    if !value.isEmpty, !session.agreed.steps.contains(.hdrLeadspc) { field.append(0x20) }
    for index in value {
      if payload[index] == lf, field.last != cr { field.append(cr) }
      field.append(payload[index])
    }
    field += [cr, lf]
    return field
  }

  /// The bytes of the current command's arguments, in C's order.
  package var rawArguments: [[UInt8]] {
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
