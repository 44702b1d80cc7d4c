import MilterCore

/// Plays recorded sessions against a ``FilterSession``, without I/O.
///
/// Commands have the notation of the recordings: `O C H M` are the usual packets, `M:payload` has a
/// payload in the notation of ``wire(_:)``, and `M!` has none.
struct Play {
  typealias Script = (inout Play, MilterCallback, Int) -> MilterStatus

  /// The offer of a current MTA.
  static let offer = #"\x00\x00\x00\x06\x00\x00\x01\xff\x00\x1f\xff\xff"#
  private static let usual: [Character: String] = [
    "O": offer, "C": #"mx\x004\x00\x19192.0.2.7\x00"#, "H": #"client\x00"#, "M": #"<a@b>\x00"#,
    "R": #"<c@d>\x00"#, "L": #"Subject\x00hi\x00"#, "B": #"hello\x0d\x0a"#, "U": #"XYZ\x00"#,
  ]

  var session: FilterSession
  var output = ReplyBuffer()
  /// The callbacks that ran, in order.
  var ran: [String] = []
  /// The mistakes that the session reported to the filter's log.
  var mistakes: [MilterError] = []
  /// The results of the script's actions and lookups.
  var notes: [String] = []
  /// The error that closed the connection; `nil` after quit.
  var failure: MilterError?
  /// The offer that the filter got, and the proposed answer.
  var offered: MilterOptions?
  var proposed: MilterOptions?

  private var counts: [MilterCallback: Int] = [:]
  private let script: Script
  private let negotiate: (inout Play, inout MilterOptions) -> MilterStatus
  private let actions: MilterActionFlags?

  /// Creates a filter with callbacks, declared actions, and a script.
  init(
    _ callbacks: MilterCallbacks = .all, actions: MilterActionFlags? = .all,
    script: @escaping Script = { _, _, _ in .continue },
    negotiate: @escaping (inout Play, inout MilterOptions) -> MilterStatus = { _, _ in .continue }
  ) {
    session = FilterSession(callbacks: callbacks)
    self.actions = actions
    self.negotiate = negotiate
    self.script = script
  }

  /// Sends commands; returns the replies in the notation of the recordings.
  mutating func send(_ commands: String) -> String {
    var isClosed = false
    for command in commands.split(separator: " ") where !isClosed {
      let (code, payload) = Self.packet(command)
      isClosed = !take(code, payload)
    }
    let replies = packets(output.ready.bytes) + (isClosed ? ["(closed)"] : [])
    output.removeReady()
    return replies.isEmpty ? "(nothing)" : replies.joined(separator: " ")
  }

  /// Sends one command with any payload.
  mutating func send(_ code: Character, _ payload: [UInt8]) -> String {
    let isOpen = take(code.asciiValue ?? 0, payload)
    let replies = packets(output.ready.bytes) + (isOpen ? [] : ["(closed)"])
    output.removeReady()
    return replies.isEmpty ? "(nothing)" : replies.joined(separator: " ")
  }

  /// Returns the session's step for a command, after an abort if there is one, without performing
  /// it.
  func directive(_ command: String) -> (aborts: Bool, step: SessionStep) {
    let (code, payload) = Self.packet(command[...])
    var copy = session
    var step = copy.receive(code, payload.span)
    let aborts = step == .abort
    while [.abort, .messageBegan, .messageEnded].contains(step) { step = copy.resume() }
    return (aborts, step)
  }

  /// Receives a command without answering it, as if its callback were running.
  mutating func begin(_ command: String) {
    let (code, payload) = Self.packet(command[...])
    if session.receive(code, payload.span) == .messageBegan { _ = session.resume() }
  }

  /// Notes the result of an action.
  mutating func attempt(_ action: FilterReply) {
    note { play throws(MilterError) in try play.session.add(action, to: &play.output) }
  }

  /// Notes "ok" or the error code of a closure.
  mutating func note(_ body: (inout Play) throws(MilterError) -> Void) {
    do throws(MilterError) {
      try body(&self)
      notes.append("ok")
    } catch {
      notes.append("\(error.code)")
    }
  }

  /// Notes a macro's value, or `nil`.
  mutating func look(_ name: String) {
    let value = session.symbols[name.utf8]
    notes.append(value.map { "\(name)=\(notation($0))" } ?? "\(name) nil")
  }

  private static func packet(_ command: Substring) -> (UInt8, [UInt8]) {
    let name = command.first ?? " "
    let rest = command.dropFirst()
    let given = rest.hasPrefix(":") ? String(rest.dropFirst()) : nil
    let text = given ?? (rest == "!" ? "" : usual[name] ?? "")
    return (name.asciiValue ?? 0, wire(text))
  }

  private mutating func take(_ code: UInt8, _ payload: [UInt8]) -> Bool {
    do throws(MilterError) {
      if try follow(session.receive(code, payload.span), code, payload) { return true }
    } catch {
      failure = error
    }
    _ = try? follow(session.end(), code, payload)
    return false
  }

  /// Performs the session's steps; returns whether the connection continues.
  private mutating func follow(
    _ first: SessionStep, _ code: UInt8, _ payload: [UInt8]
  ) throws(MilterError) -> Bool {
    var step = first
    while true {
      switch step {
      case .done: return true
      case .quit: return false
      case .fail(let error): throw error
      case .call(let callback):
        _ = try MTACommand(code, payload)
        step = session.answer(run(callback), to: &output)
      case .acknowledge: step = session.answer(.continue, to: &output)
      case .negotiate:
        try settle(payload)
        return true
      case .abort:
        run(.abort)
        step = session.resume()
      case .close:
        run(.close)
        step = session.resume()
      case .mistake(let mistake):
        mistakes.append(mistake)
        step = session.resume()
      case .messageBegan, .messageEnded: step = session.resume()
      }
    }
  }

  private mutating func settle(_ payload: [UInt8]) throws(MilterError) {
    offered = try session.offer(payload.span)
    var options = session.proposal(actions)
    proposed = options
    let status = negotiate(&self, &options)
    try session.agree(status, options, to: &output)
  }

  @discardableResult
  private mutating func run(_ callback: MilterCallback) -> MilterStatus {
    counts[callback, default: 0] += 1
    ran.append("\(callback)")
    return script(&self, callback, counts[callback, default: 0])
  }
}
