import FuzzInput
@testable import MilterCore

/// A filter with callbacks, statuses, and actions from the input, whose output is checked.
///
/// It performs the session's steps as the runtime does.
struct FuzzedFilter {
  private(set) var hasEnded = false
  /// Whether a message has begun, and not ended.
  private var isInMessage = false
  private var input: FuzzInput
  private var decoder = FrameDecoder()
  private var session: FilterSession
  private var output: ReplyBuffer
  /// Whether commands take the fast path where they can, as in the runtime unless something observes each command.
  private let isShort: Bool

  /// Known statuses, statuses that only libmilter knows, and unknown ones.
  private static let statuses: [Int32] = [0, 0, 1, 2, 3, 4, 7, 8, 10, 21, 22, -1, 5, .max]

  init(_ input: FuzzInput) {
    self.input = input
    let choice = self.input.byte()
    let rules: SessionRules = choice & 1 == 0 ? .strict : .libmilter
    isShort = choice & 2 == 0
    let missing = MilterCallbacks(rawValue: self.input.number() & MilterCallbacks.all.rawValue)
    session = FilterSession(callbacks: .all.subtracting(missing), rules: rules)
    output = ReplyBuffer(rules)
  }

  /// Processes received bytes; ``hasEnded`` shows whether the connection has ended.
  mutating func take(_ bytes: ArraySlice<UInt8>) {
    decoder.append(bytes)
    do {
      while !hasEnded, let frame = try decoder.next() { try handle(frame) }
    } catch {
      hasEnded = true
    }
    if decoder.isEmpty { decoder.releaseStorage() }
    output.removeReady()
  }

  private mutating func handle(_ frame: Frame) throws {
    let buffer = decoder.storage
    let payload = buffer.span.extracting(frame.payload)
    _ = try? MTACommand(code: frame.code, payload: payload)
    let before = output.ready.count
    let isAsked = try work(frame.code, payload)
    ReplyCheck.check(output.ready.bytes[before...], isAsked: isAsked, session)
  }

  /// Processes a command; returns whether a reply may be sent.
  private mutating func work(_ code: UInt8, _ payload: Span<UInt8>) throws -> Bool {
    switch isShort ? session.receivePlainly(code, payload) : .unknown {
    case .unknown: return try follow(session.receive(code, payload), payload)
    case .done: return false
    case .call(let callback):
      let number = try call(callback, payload)
      if let status = MilterStatus(rawValue: number),
        session.answerPlainly(status, from: callback, to: &output)
      {
        return true
      }
      _ = try follow(session.answer(number: number, to: &output), payload)
      return true
    }
  }

  /// Ends the connection, and checks that a message that began has ended.
  mutating func end() {
    _ = try? follow(session.end(), Span())
    if isInMessage { fatalError("a message without end") }
  }

  /// Performs the session's steps, one after another; returns whether a reply may be sent.
  private mutating func follow(_ first: SessionStep, _ payload: Span<UInt8>) throws -> Bool {
    var step = first
    var isAsked = false
    while true {
      switch step {
      case .done: return isAsked
      case .call(let callback):
        isAsked = true
        step = session.answer(number: try call(callback, payload), to: &output)
      case .acknowledge:
        isAsked = true
        step = session.answer(.continue, to: &output)
      case .negotiate:
        isAsked = true
        try negotiate(payload)
        step = .done
      case .abort, .close:
        act()
        step = session.resume()
      case .messageBegan:
        guard !isInMessage else { fatalError("two messages at once") }
        isInMessage = true
        step = session.resume()
      case .messageEnded:
        guard isInMessage else { fatalError("the end of no message") }
        isInMessage = false
        step = session.resume()
      case .mistake: step = session.resume()
      case .quit, .fail:
        hasEnded = true
        step = .done
      }
    }
  }

  private mutating func negotiate(_ payload: Span<UInt8>) throws {
    let offered = try session.offer(payload)
    var wanted = session.proposal()
    if input.byte() & 1 == 1 {
      wanted = MilterOptions(
        version: offered.version, actions: .init(rawValue: input.number()),
        steps: .init(rawValue: input.number()))
    }
    while input.byte() & 1 == 1, let stage = MilterStage(rawValue: UInt32(input.choice(of: 8))) {
      try? session.setsymlist(stage, input.bytes())
    }
    try session.agree(Self.statuses[input.choice(of: Self.statuses.count)], wanted, to: &output)
    decoder.maximumPayload = session.maximumPayload
  }

  private mutating func call(_ callback: MilterCallback, _ payload: Span<UInt8>) throws -> Int32 {
    try readArguments(callback, payload)
    return run()
  }

  /// Reads a command as the handlers do.
  private func readArguments(_ callback: MilterCallback, _ payload: Span<UInt8>) throws {
    switch callback {
    case .connect: _ = try CommandLayout.connect(payload)
    case .helo: _ = try CommandLayout.string(payload, .helo)
    case .envfrom: _ = try CommandLayout.texts(payload, .mail)
    case .envrcpt: _ = try CommandLayout.texts(payload, .rcpt)
    case .unknown: _ = payload.text(in: CommandLayout.unknown(payload))
    case .header:
      let (name, value) = try CommandLayout.header(payload)
      _ = payload.text(in: name) + payload.text(in: value)
    case .negotiate, .data, .eoh, .body, .eom, .abort, .close: break
    }
  }

  private mutating func run() -> Int32 {
    while input.byte() & 1 == 1 { act() }
    return Self.statuses[input.choice(of: Self.statuses.count)]
  }

  /// Performs one action of a filter, whether it is allowed or not.
  private mutating func act() {
    switch input.choice(of: 14) {
    case 0: break
    case 1: _ = session.symbols[input.bytes()]
    case 2:
      session.reply = try? MilterReply(
        String(decoding: input.bytes(), as: UTF8.self),
        input.byte() & 1 == 0 ? nil : String(decoding: input.bytes(), as: UTF8.self),
        text: input.byte() & 1 == 0 ? nil : input.bytes())
    case 3:
      let extended = input.byte() & 1 == 0 ? nil : String(decoding: input.bytes(), as: UTF8.self)
      let lines = (0..<input.choice(of: 40)).map { _ in input.bytes() }
      session.reply = try? MilterReply("550", extended, lines: lines)
    case 4: try? session.progress(to: &output)
    case 5: try? session.replacebody(input.bytes().span.bytes, to: &output)
    case 6: add(.addheader(name: input.bytes(), value: input.bytes()))
    case 7: add(.insheader(index: input.number(), name: input.bytes(), value: input.bytes()))
    case 8: add(.chgheader(index: input.number(), name: input.bytes(), value: input.bytes()))
    case 9: add(.chgfrom(input.bytes(), arguments: input.byte() & 1 == 0 ? nil : input.bytes()))
    case 10: add(.addrcpt(input.bytes()))
    case 11: add(.addrcptPar(input.bytes(), arguments: input.bytes()))
    case 12: add(.delrcpt(input.bytes()))
    default: add(.quarantine(input.bytes()))
    }
  }

  private mutating func add(_ action: FilterReply) { try? session.add(action, to: &output) }
}
