public import MilterCore
public import MilterMTA

extension MTAOutcome {
  /// Checks the outcome of the message.
  ///
  /// - Parameters:
  ///   - verdict: The expected verdict.
  ///   - callback: The callback that should have decided; `nil` to accept any.
  ///   - reply: The expected reply to the client, with LF between lines; `nil` to accept any.
  /// - Returns: The same outcome.
  /// - Throws: ``UnexpectedOutcome`` if the outcome is different, with the session and the step that decided.
  @discardableResult
  public func expect(
    _ verdict: MTAVerdict, at callback: MilterCallback? = nil, reply: String? = nil
  ) throws(UnexpectedOutcome) -> Self {
    let expectation: String
    if self.verdict != verdict {
      expectation = "\(verdict) was expected, not \(self.verdict)"
    } else if let callback, self.callback != callback {
      let actual = self.callback.map { "\($0)" } ?? "-"
      expectation = "\(verdict) was expected at \(callback), not \(actual)"
    } else if let reply, replyText != reply {
      expectation = "the reply \"\(reply)\" was expected, not \"\(replyText)\""
    } else {
      return self
    }
    throw UnexpectedOutcome(
      failure.map { "\(expectation): \($0)" } ?? expectation, steps, decidingStep)
  }

  /// The reply to a client that is refused, with LF between lines; empty if the client is not refused.
  public var replyText: String {
    reply.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
  }

  /// The header fields that the MTA would pass on, each as `Name: value`, without the MTA's own `Received`.
  public var headers: [String] {
    result.message.headers.map {
      String(decoding: $0.name + $0.separator + $0.value, as: UTF8.self)
    }
  }

  /// The values of all header fields with a name, in order.
  public func headers(_ name: String) -> [String] {
    result.message.headers.filter { $0.isNamed(name.utf8) }.map {
      String(decoding: $0.value, as: UTF8.self)
    }
  }

  /// The body as the MTA would pass it on.
  public var body: String { String(decoding: result.message.body, as: UTF8.self) }

  /// The sender the MTA would use, without angle brackets.
  public var sender: String { String(decoding: result.envelope.sender.bareAddress, as: UTF8.self) }

  /// The addresses the MTA would send to, without angle brackets.
  public var recipientAddresses: [String] {
    result.envelope.recipients.map { String(decoding: $0.bareAddress, as: UTF8.self) }
  }

  /// The reason for the quarantine; `nil` if the message is not in quarantine.
  public var quarantine: String? {
    quarantineReason.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The macros that the filter requested, by stage.
  public var macroLists: [MilterStage: String] {
    let lists = negotiated?.macroLists ?? []
    return Dictionary(lists.map { ($0.stage, String(decoding: $0.macros, as: UTF8.self)) }) { $1 }
  }

  /// The steps that the filter asked the MTA to leave out.
  public var leftOut: [MilterCallback] {
    let steps = negotiated?.options.steps ?? []
    return MilterCallback.allCases.filter { steps.leavesOut($0) }
  }
}
