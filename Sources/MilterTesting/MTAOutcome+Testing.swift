public import MilterCore
public import MilterMTA

extension MTAOutcome {
  /// Checks what came of the message.
  ///
  /// - Parameters:
  ///   - verdict: what it should be.
  ///   - stage: the callback that should have decided; nil if it does not matter.
  ///   - reply: what the client should be told, lines separated by LF; nil if it does not matter.
  /// - Returns: the same outcome.
  /// - Throws: ``UnexpectedOutcome`` if it is something else, with the session and the step that decided.
  @discardableResult
  public func expect(
    _ verdict: MTAVerdict, at stage: MilterCallback? = nil, reply: String? = nil
  ) throws -> Self {
    let expectation: String
    if self.verdict != verdict {
      expectation = "\(verdict) was expected, not \(self.verdict)"
    } else if let stage, self.stage != stage {
      expectation = "\(verdict) was expected at \(stage), not \(self.stage.map { "\($0)" } ?? "-")"
    } else if let reply, replyText != reply {
      expectation = "the reply \"\(reply)\" was expected, not \"\(replyText)\""
    } else {
      return self
    }
    throw UnexpectedOutcome(
      failure.map { "\(expectation): \($0)" } ?? expectation, steps, decidingStep)
  }

  /// The reply to the client if it is refused, lines separated by LF; empty otherwise.
  public var replyText: String {
    reply.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
  }

  /// The headers as the MTA would pass them on, each as `Name: value`; without its own `Received`.
  public var headers: [String] {
    result.message.headers.map {
      String(decoding: $0.name + $0.separator + $0.value, as: UTF8.self)
    }
  }

  /// The values of the headers of a name, in their order.
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

  /// Why the message is in quarantine; nil if it is not.
  public var quarantine: String? {
    quarantineReason.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The macros the filter asked for, by stage.
  public var macroLists: [MilterStage: String] {
    let lists = negotiated?.macroLists ?? []
    return Dictionary(lists.map { ($0.stage, String(decoding: $0.macros, as: UTF8.self)) }) { $1 }
  }

  /// The steps that were negotiated away.
  public var leftOut: [MilterCallback] {
    let steps = negotiated?.options.steps ?? []
    return MilterCallback.allCases.filter { !$0.noFlag.isEmpty && steps.contains($0.noFlag) }
  }
}
