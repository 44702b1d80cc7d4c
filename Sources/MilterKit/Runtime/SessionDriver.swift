import MilterSockets

/// Runs a filter's callbacks for the commands of one connection.
///
/// It is the only caller of callbacks. Everything between a frame and a callback that does not need
/// a filter is ``MilterCore/FilterSession``'s business.
final class SessionDriver {
  let context: MilterContext
  private let milter: Milter
  private let type: Milter.Type
  private let log: MilterLog
  private var isClosed = false
  /// How many commands were worked on.
  private(set) var commandCount = 0

  init(_ milter: Milter, socket: Socket, decoder: FrameDecoder, log: MilterLog) {
    self.milter = milter
    self.log = log
    type = Swift.type(of: milter)
    context = MilterContext(socket, decoder: decoder, callbacks: type.callbacks)
    milter.context = context
  }

  /// Works on the frames that have come, and sends the replies to all of them at once.
  ///
  /// - Returns: whether the connection goes on.
  func work() throws -> Bool {
    var goesOn = true
    while goesOn, let frame = try context.decoder.next() {
      goesOn = try handle(frame)
      commandCount &+= 1
    }
    try context.flush()
    return goesOn
  }

  private func handle(_ frame: Frame) throws -> Bool {
    context.current = frame
    defer { context.current = nil }
    // The buffer is not filled again before the frames in it are done with.
    let buffer = context.decoder.storage
    let payload = buffer.span.extracting(frame.payload)
    log.debug(
      "\(type.name): \(MTACommandCode(rawValue: frame.code).map { "\($0)" } ?? "unknown byte"), "
        + "\(frame.payload.count) bytes")
    let directive = context.session.receive(frame.code, payload)
    if directive.aborts { milter.abort() }
    switch directive.step {
    case .none: break
    case .negotiate: try negotiate(payload)
    case .call(let callback):
      let status = try call(callback, payload)
      answer(callback, status)
    case .acknowledge(let callback): answer(callback, .continue)
    case .newConnection: milter.close()
    case .quit: return false
    case .fail(let error): throw error
    }
    return true
  }

  private func negotiate(_ payload: Span<UInt8>) throws {
    let offered = try context.session.offer(payload)
    var wanted = context.session.proposal(type.actions)
    let status =
      context.session.callbacks.contains(.negotiate)
      ? try milter.negotiate(offered, &wanted) : .continue
    try context.agree(status, wanted)
  }

  /// Reads the callback's arguments and runs it.
  ///
  /// Arguments that cannot be read end the connection.
  private func call(_ callback: MilterCallback, _ payload: Span<UInt8>) throws -> MilterStatus {
    switch callback {
    case .connect:
      let (host, address) = try CommandLayout.connect(payload)
      let name = payload.text(in: host)
      return run(callback) { try milter.connect(name, address) }
    case .helo:
      let name = payload.text(in: try CommandLayout.string(payload, .helo))
      return run(callback) { try milter.helo(name) }
    case .envfrom:
      let strings = try Self.strings(payload, .mail)
      return run(callback) { try milter.envfrom(strings[0], Array(strings.dropFirst())) }
    case .envrcpt:
      let strings = try Self.strings(payload, .rcpt)
      return run(callback) { try milter.envrcpt(strings[0], Array(strings.dropFirst())) }
    case .data: return run(callback) { try milter.data() }
    case .unknown:
      let command = payload.text(in: CommandLayout.unknown(payload))
      return run(callback) { try milter.unknown(command) }
    case .header:
      let (name, value) = try CommandLayout.header(payload)
      let (nameText, valueText) = (payload.text(in: name), payload.text(in: value))
      return run(callback) { try milter.header(nameText, valueText) }
    case .eoh: return run(callback) { try milter.eoh() }
    case .body: return body(payload)
    case .eom:
      if !payload.isEmpty, context.session.wants(.body) {
        // The last chunk came with the end. Only a verdict leaves eom out; libmilter answers twice
        // here, or not at all.
        let status = body(payload)
        if status.isVerdict { return status }
      }
      return run(callback) { try milter.eom() }
    case .negotiate, .abort, .close: return .continue
    }
  }

  private static func strings(
    _ payload: Span<UInt8>, _ code: MTACommandCode
  ) throws(MilterError) -> [String] {
    var texts: [String] = []
    for place in try CommandLayout.arguments(payload, code) {
      texts.append(payload.text(in: place))
    }
    return texts
  }

  private func body(_ payload: Span<UInt8>) -> MilterStatus {
    do {
      return try milter.body(payload.bytes)
    } catch {
      return failed(.body, error)
    }
  }

  private func run(_ callback: MilterCallback, _ body: () throws -> MilterStatus) -> MilterStatus {
    do {
      return try body()
    } catch {
      return failed(callback, error)
    }
  }

  private func failed(_ callback: MilterCallback, _ error: any Error) -> MilterStatus {
    log.error("\(type.name): \(callback) threw, tempfail is answered: \(error)")
    return .tempfail
  }

  private func answer(_ callback: MilterCallback, _ status: MilterStatus) {
    if let mistake = context.answer(callback, status) {
      log.error("\(type.name): \(mistake)")
    }
  }

  /// Tells the filter that the connection ended.
  func end() {
    guard !isClosed else { return }
    isClosed = true
    if context.session.isInMessage { milter.abort() }
    milter.close()
    milter.context = nil
  }
}
