import MilterCore

/// Plays one recorded connection to a filter.
struct Replay {
  /// Gets a step, its recorded replies, and the filter's replies.
  typealias Judge = (String, [FilterReply], [FilterReply]) throws -> Void

  private let packets: [Recording.Packet]
  private let link: PacketLink
  private var options = MilterOptions(actions: [], steps: [])
  private var message = 0
  /// Whether the filter has got MAIL, and not the end of the message.
  private var isInMessage = false
  /// The recorded macros.
  private var symbols = MilterSymbols()
  /// The callbacks that the filter skips for the rest of the message.
  private var skipped: MilterCallbacks = []

  init(_ packets: [Recording.Packet], _ link: PacketLink) {
    self.packets = packets
    self.link = link
  }

  /// Plays the connection to its end, or until the filter has closed the connection.
  mutating func run(_ judge: Judge) throws {
    var index = 0
    while index < packets.count {
      guard case .command(let command) = packets[index] else {
        index += 1
        continue
      }
      let end = packets[(index + 1)...].firstIndex { if case .command = $0 { true } else { false } }
      let recorded = packets[(index + 1)..<(end ?? packets.count)].compactMap { packet in
        if case .reply(let reply) = packet { reply } else { nil }
      }
      index = end ?? packets.count
      switch try play(command, recorded, judge) {
      case .goOn: break
      case .skipMessage: index = try nextMessage(after: index)
      case .end:
        try link.send(.quit)
        return
      }
    }
  }

  private enum Next {
    case goOn
    /// The filter has decided earlier than in the recording.
    case skipMessage
    case end
  }

  private mutating func play(
    _ command: MTACommand, _ recorded: [FilterReply], _ judge: Judge
  ) throws -> Next {
    switch command {
    case .abort, .quit, .quitNewConnection:
      isInMessage = false
      try link.send(command)
      return .goOn
    case .macro:
      try? symbols.store(Array(command.bytes.dropFirst(WireLimits.headerSize)).span)
      try link.send(command)
      return .goOn
    case .negotiate: return try negotiate(command, recorded, judge)
    case .mail:
      message += 1
      isInMessage = true
      skipped = []
    case .connect, .helo, .rcpt, .data, .unknown, .header, .eoh, .body, .endOfBody: break
    }
    guard let callback = command.code.callback else { return .goOn }
    let live = try isWanted(callback) ? replies(to: command, callback) : [.continue]
    if callback == .eom { isInMessage = false }
    let normal = Self.normal(recorded)
    try judge(place(callback), normal, live ?? [])
    guard let live else { return .end }
    return next(after: callback, live.last, normal.last)
  }

  private mutating func negotiate(
    _ offer: MTACommand, _ recorded: [FilterReply], _ judge: Judge
  ) throws -> Next {
    try link.send(offer)
    let reply = try link.receive()
    try judge("negotiate", recorded, reply.map { [$0] } ?? [])
    guard case .negotiate(let answer)? = reply else { return .end }
    options = answer.options
    let missing = Self.steps(missingIn: recorded, for: answer.options)
    guard missing.isEmpty else { throw StepsMissing(steps: missing) }
    return .goOn
  }

  /// Returns the steps that the filter wants, and that the recorded filter had left out.
  ///
  /// Without these steps, a filter may not answer at all.
  private static func steps(
    missingIn recorded: [FilterReply], for options: MilterOptions
  ) -> [MilterCallback] {
    guard case .negotiate(let old)? = recorded.last else { return [] }
    // Not every session has unknown commands.
    return MilterCallback.allCases.filter { callback in
      callback != .unknown && old.options.steps.leavesOut(callback)
        && !options.steps.leavesOut(callback)
    }
  }

  /// The reason why a connection cannot be played: the filter wants steps that were not recorded.
  struct StepsMissing: Error, CustomStringConvertible {
    let steps: [MilterCallback]

    var description: String {
      let names = steps.map { "\($0)" }.joined(separator: ", ")
      return "the filter wants \(names), which the recording does not have, because the recorded "
        + "filter left it out; record again with milter watch without --relay"
    }
  }

  /// Whether the filter must get a step.
  private func isWanted(_ callback: MilterCallback) -> Bool {
    if callback == .envrcpt, symbols.isRecipientRefused { return options.steps.contains(.rcptRej) }
    return !options.steps.leavesOut(callback) && !skipped.contains(.init(callback))
  }

  /// Returns the filter's replies to a command; `nil` if the filter has closed the connection.
  private func replies(
    to command: MTACommand, _ callback: MilterCallback
  ) throws -> [FilterReply]? {
    try link.send(command)
    if options.steps.hasNoReply(callback) { return [.continue] }
    var replies: [FilterReply] = []
    while let reply = try link.receive() {
      replies.append(reply)
      if reply.code.endsStep { return Self.normal(replies) }
    }
    return nil
  }

  private mutating func next(
    after callback: MilterCallback, _ live: FilterReply?, _ recorded: FilterReply?
  ) -> Next {
    switch live?.code {
    case .skip: skipped.insert(.init(callback))
    case .shutdown, .connectionFailure: return .end
    case .accept, .reject, .tempfail, .discard, .replycode:
      if callback == .eom || callback == .unknown { return .goOn }
      let isAboutRecipient = callback == .envrcpt && live?.code != .accept && live?.code != .discard
      if isAboutRecipient || recorded?.code.isVerdict == true { return .goOn }
      return callback == .connect || callback == .helo ? .end : .skipMessage
    default: break
    }
    return .goOn
  }

  /// Tells the filter that this message has ended; returns the index of the next message or of the end of the
  /// connection.
  private mutating func nextMessage(after index: Int) throws -> Int {
    let next = packets[index...].firstIndex { packet in
      switch packet {
      case .command(.abort), .command(.quit), .command(.quitNewConnection), .command(.mail): true
      case .command(.macro(let owner, _)): owner == MTACommandCode.mail.rawValue
      case .command, .reply: false
      }
    }
    if isInMessage, let next, packets[next] != .command(.abort) { try link.send(.abort) }
    isInMessage = false
    return next ?? packets.count
  }

  private func place(_ callback: MilterCallback) -> String {
    message == 0 ? "\(callback)" : "message \(message), \(callback)"
  }

  /// Returns replies in the form for comparisons: without progress, which may come at any time; no reply means
  /// continue.
  private static func normal(_ replies: [FilterReply]) -> [FilterReply] {
    let replies = replies.filter { $0 != .progress }
    return replies.isEmpty ? [.continue] : replies
  }
}
