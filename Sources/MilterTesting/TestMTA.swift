import MilterClient
public import MilterCore
public import MilterKit
public import MilterMTA
import MilterRuntime

/// An MTA for tests, which plays sessions to a filter and returns the outcomes.
///
/// ```swift
/// let filter = Greeter()
/// let mta = TestMTA(.postfix, filter: filter)
/// let outcome = mta.send(MTAMail(from: "a@example.org", to: "b@example.org", body: "Hello"))
/// try outcome.expect(.accept)
/// ```
///
/// The filter runs on the test's thread, with the server's codec and session and without sockets. So a test has
/// the same result each time, and can read the filter's properties between steps. ``init(_:socket:)`` plays the
/// same session to a running filter in any language.
///
/// A test sends whole messages with ``send(_:)``, or single steps. The MTA adds the steps that must come
/// before: a test of recipients can begin with ``rcpt(to:_:)``. A connection can carry several messages, and
/// can end at any step.
///
/// The module needs no test library. A failed expectation throws an ``UnexpectedOutcome``. Its description is
/// the session with an arrow at the step that decided, which Swift Testing and XCTest print.
///
/// ## Topics
///
/// ### Connecting
/// - ``init(_:filter:onError:)``
/// - ``init(_:socket:)``
///
/// ### Whole messages
/// - ``send(_:)``
/// - ``sendTwice(_:)``
/// - ``outcome``
///
/// ### Step by step
/// - ``connect(_:_:)``
/// - ``helo(_:)``
/// - ``mail(from:_:)``
/// - ``rcpt(to:_:)``
/// - ``data()``
/// - ``header(_:_:)``
/// - ``eoh()``
/// - ``body(_:)-(String)``
/// - ``body(_:)-([UInt8])``
/// - ``eom()``
/// - ``unknown(_:)``
/// - ``rset()``
/// - ``perform(_:)``
///
/// ### The end
/// - ``isServerStopped``
/// - ``quit()``
/// - ``disconnect()``
/// - ``newClient()``
public final class TestMTA {
  let connection: FilterConnection
  /// The warnings and errors that the filter's library logged; empty for a filter behind a socket.
  public var log: [String] { journal.lines }
  /// All steps so far, with the filter's answers.
  public private(set) var steps: [MTAExchange] = []
  /// The position of the session, from which missing steps are performed.
  private(set) var position = Position.start

  private let journal: Journal
  private let memory: FilterInMemory?

  /// Whether the filter has called `stopServer()`; `false` for a filter behind a socket.
  ///
  /// A test has no server, so the session continues.
  public var isServerStopped: Bool { memory?.wantsStop ?? false }

  /// Connects an MTA to a filter of this process.
  ///
  /// - Parameters:
  ///   - profile: The behavior of the MTA.
  ///   - filter: The filter. Its callbacks run on the caller's thread while a step is performed.
  ///   - onError: The answer if a callback throws.
  public init(
    _ profile: MTAProfile = .postfix, filter: MilterBase, onError: MilterErrorAnswer = .tempfail
  ) {
    let journal = Journal()
    self.journal = journal
    let log = MilterLog(level: .warning) { journal.note("\($0.name): \($1)") }
    let memory = FilterInMemory(filter, log: log, onError: onError)
    self.memory = memory
    connection = FilterConnection(InProcessLink(memory), profile)
  }

  /// Connects an MTA to a filter that listens on a socket.
  ///
  /// - Parameters:
  ///   - profile: The behavior and the timeouts of the MTA.
  ///   - socket: The filter's socket, such as `inet:8891@127.0.0.1` or `unix:/path`.
  /// - Throws: `SocketError` if the socket is not valid, or the connection fails.
  public init(_ profile: MTAProfile = .postfix, socket: String) throws(SocketError) {
    journal = Journal()
    memory = nil
    connection = try FilterConnection(to: socket, profile)
  }

  deinit { connection.disconnect() }

  /// The macros whose values differ from the MTA's own; set them before the step with which the MTA sends them.
  public var macros: MTAMacros {
    get { connection.session.macros }
    set { connection.set(newValue) }
  }

  /// The negotiated options; `nil` before the first step, or if the negotiation failed.
  public var negotiated: MilterNegotiation? { connection.session.negotiated }

  /// The outcome of the last message; `nil` until it ended.
  public var outcome: MTAOutcome? { connection.session.outcome }

  /// Sends a message, up to the step at which a client would stop, and returns the outcome.
  ///
  /// The client and HELO of the first message apply to the whole connection. If another message is in progress,
  /// it is aborted.
  @discardableResult
  public func send(_ message: MTAMail) -> MTAOutcome {
    send { connection.play(message) }
  }

  /// Plays a message twice on the connection, and checks that the filter does the same both times.
  ///
  /// State that leaks from one message into the next is the most common bug of filters. Tests with one message do
  /// not find it. Both times the message has the same queue ID. Do not call the method for a filter whose
  /// state is meant to outlive a message, such as a rate limit.
  ///
  /// - Returns: The outcome of the first time. If it ended the connection, the message is not played again.
  /// - Throws: ``UnexpectedOutcome`` that lists the steps that differ.
  @discardableResult
  public func sendTwice(_ message: MTAMail) throws(UnexpectedOutcome) -> MTAOutcome {
    let first = send(message)
    guard !first.isLastOfConnection else { return first }
    let differences = send { connection.playAgain(message) }.differences(from: first)
    guard differences.isEmpty else {
      throw UnexpectedOutcome(
        (["the same outcome was expected the second time"] + differences).joined(separator: "\n"),
        steps, nil, log)
    }
    return first
  }

  private func send(_ play: () -> MTAOutcome) -> MTAOutcome {
    if connection.session.isInMessage { rset() }
    let known = outcome == nil ? connection.session.exchanges.count : 0
    let outcome = play()
    steps += outcome.steps.dropFirst(known)
    position = .ready
    return outcome
  }

  /// Performs only one step, even if steps that should come before it are missing.
  @discardableResult
  public func perform(_ step: MTAStep) -> TestStep {
    steps.append(connection.perform(step))
    position = position(after: step)
    return TestStep(steps, steps.count - 1, log)
  }

  /// Ends the connection as an MTA does when it needs the filter no longer.
  ///
  /// The filter's `close` is called.
  ///
  /// A step or message that follows does not reach the filter. It has a failure with the code
  /// ``/MilterMTA/MTAFailure/Code/afterQuit``, so that `expect` throws.
  public func quit() { connection.quit() }

  /// Ends the connection at once, as when the MTA crashes.
  ///
  /// The filter's `close` is called. If a message is in progress, its `abort` is called first.
  ///
  /// Later calls fail as after ``quit()``.
  public func disconnect() { connection.disconnect() }
}

extension TestMTA: CustomStringConvertible {
  /// The session so far.
  public var description: String { MTATranscript(steps).description }
}
