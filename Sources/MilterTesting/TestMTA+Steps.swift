import MilterClient
public import MilterKit
public import MilterMTA

extension TestMTA {
  /// The position in a session.
  enum Position: Int {
    case start, connected, ready, mail, rcpt, data, body
  }

  /// Returns the position of a session after a step.
  func position(after step: MTAStep) -> Position {
    switch step {
    case .connect: return .connected
    case .newClient: return .start
    case .unknown: return position
    case .helo: return .ready
    default: break
    }
    guard connection.session.isInMessage else { return .ready }
    switch step {
    case .mail: return .mail
    case .rcpt: return .rcpt
    case .data, .header: return .data
    case .eoh, .body: return .body
    default: return position
    }
  }

  /// Connects a client.
  @discardableResult
  public func connect(
    _ host: String = MTAEnvelope.defaultHost,
    _ address: MilterAddress? = MTAEnvelope.defaultAddress
  ) -> TestStep {
    perform(.connect(host: Array(host.utf8), address: address))
  }

  /// Sends HELO, which ends a message in progress.
  @discardableResult
  public func helo(_ name: String = MTAEnvelope.defaultHost) -> TestStep {
    advance(to: .connected)
    return perform(.helo(Array(name.utf8)))
  }

  /// Sends MAIL, which begins a message.
  ///
  /// - Parameters:
  ///   - sender: The address; angle brackets are added if it has none.
  ///   - arguments: ESMTP arguments, separated by spaces.
  /// - Returns: The step with the filter's answer.
  @discardableResult
  public func mail(from sender: String = "sender@example.org", _ arguments: String = "") -> TestStep
  {
    advance(to: .ready)
    return perform(.mail(.init(sender, arguments)))
  }

  /// Sends RCPT, which adds a recipient.
  ///
  /// - Parameters:
  ///   - recipient: The address; angle brackets are added if it has none.
  ///   - arguments: ESMTP arguments, separated by spaces.
  /// - Returns: The step with the filter's answer.
  @discardableResult
  public func rcpt(to recipient: String = "recipient@example.org", _ arguments: String = "")
    -> TestStep
  {
    advance(to: .mail)
    return perform(.rcpt(.init(recipient, arguments)))
  }

  /// Sends DATA.
  @discardableResult
  public func data() -> TestStep {
    advance(to: .rcpt)
    return perform(.data)
  }

  /// Sends a header field.
  @discardableResult
  public func header(_ name: String, _ value: String) -> TestStep {
    advance(to: .data)
    return perform(.header(MTAHeader(name, value)))
  }

  /// Sends the end of the header.
  @discardableResult
  public func eoh() -> TestStep {
    advance(to: .data)
    return perform(.eoh)
  }

  /// Sends the body or a part of it, with CR LF for each LF.
  @discardableResult
  public func body(_ text: String) -> TestStep { body(MTAMail.lines(text)) }

  /// Sends the body or a part of it, byte for byte.
  @discardableResult
  public func body(_ bytes: [UInt8]) -> TestStep {
    advance(to: .body)
    return perform(.body(bytes))
  }

  /// Sends the end of the message; ``outcome`` then has its verdict and its result.
  @discardableResult
  public func eom() -> TestStep {
    advance(to: .body)
    return perform(.eom)
  }

  /// Sends a command that the MTA does not know.
  @discardableResult
  public func unknown(_ command: String) -> TestStep {
    advance(to: .connected)
    return perform(.unknown(Array(command.utf8)))
  }

  /// Sends RSET, which aborts the message.
  @discardableResult
  public func rset() -> TestStep { perform(.reset) }

  /// Ends the client's session, so that another client can follow on the same connection to the filter (`QUIT_NC`).
  @discardableResult
  public func newClient() -> TestStep { perform(.newClient) }

  /// Performs the steps that must precede a step, and does not repeat steps that were refused.
  private func advance(to wanted: Position) {
    if position.rawValue < Position.connected.rawValue { connect() }
    if wanted.rawValue > position.rawValue, position == .connected { helo() }
    if wanted.rawValue >= Position.mail.rawValue, position == .ready { mail() }
    if wanted.rawValue >= Position.rcpt.rawValue, position == .mail { rcpt() }
    if wanted.rawValue >= Position.data.rawValue, position == .rcpt { data() }
    if wanted.rawValue >= Position.body.rawValue, position == .data { eoh() }
  }
}
