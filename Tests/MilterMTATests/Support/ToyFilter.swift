import MilterCore

/// A filter in memory: `FilterSession` with a script.
struct ToyFilter {
  /// The interface of a script.
  struct Call {
    let callback: MilterCallback
    let command: MTACommand
    var actions: [FilterReply] = []
    var body: [[UInt8]] = []
    var progress = 0
    var reply: MilterReply?
  }

  var session: FilterSession
  var options: (MilterOptions) -> MilterOptions = { $0 }
  var macroLists: [(MilterStage, String)] = []
  var script: (inout Call, MilterSymbols) throws -> MilterStatus
  /// All commands that came, macros included.
  private(set) var seen: [MTACommand] = []
  private(set) var aborts = 0
  private(set) var hasQuit = false
  private var decoder = FrameDecoder()

  init(
    _ callbacks: MilterCallbacks = .all,
    script: @escaping (inout Call, MilterSymbols) throws -> MilterStatus
  ) {
    session = FilterSession(callbacks: callbacks)
    self.script = script
  }

  /// Creates a filter that returns a status from one callback, and continue from the others.
  init(at callback: MilterCallback, _ status: MilterStatus) {
    self.init { call, _ in call.callback == callback ? status : .continue }
  }

  /// Creates a filter that makes changes at the end of the message.
  init(eom actions: [FilterReply], _ status: MilterStatus = .continue) {
    self.init { call, _ in
      guard call.callback == .eom else { return .continue }
      call.actions = actions
      return status
    }
  }

  mutating func receive(_ bytes: some Collection<UInt8>) throws -> [UInt8] {
    decoder.append(bytes)
    var output = ReplyBuffer()
    while let frame = try decoder.next() {
      let bytes = Array(decoder.storage[frame.payload])
      let payload = bytes.span
      let command = try MTACommand(code: frame.code, payload: payload)
      seen.append(command)
      var step = session.receive(frame.code, payload)
      while step != .done {
        switch step {
        case .negotiate:
          _ = try session.offer(payload)
          for (stage, list) in macroLists { try session.setsymlist(stage, Array(list.utf8)) }
          try session.agree(.continue, options(session.proposal()), to: &output)
          step = .done
        case .call(let callback):
          step = session.answer(try run(callback, command, &output), to: &output)
        case .acknowledge: step = session.answer(.continue, to: &output)
        case .abort:
          aborts += 1
          step = session.resume()
        case .done, .messageBegan, .messageEnded, .mistake, .close: step = session.resume()
        case .quit:
          hasQuit = true
          step = .done
        case .fail(let error): throw error
        }
      }
    }
    return output.ready.bytes
  }

  private mutating func run(
    _ callback: MilterCallback, _ command: MTACommand, _ output: inout ReplyBuffer
  ) throws -> MilterStatus {
    var call = Call(callback: callback, command: command)
    let status = try script(&call, session.symbols)
    session.reply = call.reply
    for _ in 0..<call.progress { output.append(.progress) }
    for action in call.actions { try session.add(action, to: &output) }
    for chunk in call.body { try session.replacebody(chunk.span.bytes, to: &output) }
    return status
  }

  /// The commands that came, without macros.
  var commands: [MTACommand] {
    seen.filter { command in
      if case .macro = command { return false }
      return true
    }
  }

  /// The command codes, as text.
  var codes: String {
    String(decoding: commands.map(\.code.rawValue), as: UTF8.self)
  }

  /// The macros that came before the commands of a kind.
  func macros(_ code: MTACommandCode) -> [String: String] {
    var found: [String: String] = [:]
    for case .macro(code.rawValue, let macros) in seen {
      for macro in macros {
        found[String(decoding: macro.name, as: UTF8.self)] =
          macro.value.map { String(decoding: $0, as: UTF8.self) }
      }
    }
    return found
  }
}
