import MilterCore

/// Plays recorded sessions against a ``FilterSession``, without I/O.
///
/// Commands are written as in the recordings: `O C H M` stand for the usual packets, `M:payload`
/// gives the payload in the notation of ``wire(_:)``, `M!` has none.
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
  /// What the session reported to the filter's log.
  var mistakes: [MilterError] = []
  /// What actions and lookups of the script came to.
  var notes: [String] = []
  /// Why the connection was closed, if it was not by quit.
  var failure: MilterError?
  /// What the filter saw of the offer, and what it would have asked for.
  var offered: MilterOptions?
  var proposed: MilterOptions?

  private var counts: [MilterCallback: Int] = [:]
  private let script: Script
  private let negotiate: (inout Play, inout MilterOptions) -> MilterStatus
  private let actions: MilterActionFlags?

  /// Creates a filter: its callbacks, the actions it declares, what it does.
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

  /// Sends commands; returns the replies as the recordings show them.
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

  /// Sends one command, whose payload need not be printable.
  mutating func send(_ code: Character, _ payload: [UInt8]) -> String {
    let isOpen = take(code.asciiValue ?? 0, payload)
    let replies = packets(output.ready.bytes) + (isOpen ? [] : ["(closed)"])
    output.removeReady()
    return replies.isEmpty ? "(nothing)" : replies.joined(separator: " ")
  }

  /// The session's step for the next command once a message was aborted, without performing it.
  func directive(_ command: String) -> (aborts: Bool, step: SessionStep) {
    let (code, payload) = Self.packet(command[...])
    var copy = session
    var step = copy.receive(code, payload.span)
    let aborts = step == .abort
    while [.abort, .messageBegan, .messageEnded].contains(step) { step = copy.resume() }
    return (aborts, step)
  }

  /// Receives a command and leaves it there, as if its callback were running.
  mutating func begin(_ command: String) {
    let (code, payload) = Self.packet(command[...])
    if session.receive(code, payload.span) == .messageBegan { _ = session.resume() }
  }

  /// Notes what an action came to.
  mutating func attempt(_ action: FilterReply) {
    note { play throws(MilterError) in try play.session.add(action, to: &play.output) }
  }

  /// Notes "ok" or the error's code.
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

  /// Performs the session's step; returns whether the connection goes on.
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
