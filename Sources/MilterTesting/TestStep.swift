public import MilterMTA
public import MilterCore

/// A step of a session, its result, and the session up to this step.
///
/// Its properties are those of ``/MilterMTA/MTAExchange``.
@dynamicMemberLookup
public struct TestStep: Sendable {
  /// All steps up to this one.
  private let steps: [MTAExchange]
  private let number: Int
  private let log: [String]

  init(_ steps: [MTAExchange], _ number: Int, _ log: [String]) {
    self.steps = steps
    self.number = number
    self.log = log
  }

  /// The step and the filter's answer.
  public var exchange: MTAExchange { steps[number] }

  /// A property of ``exchange``.
  public subscript<Value>(dynamicMember path: KeyPath<MTAExchange, Value>) -> Value {
    exchange[keyPath: path]
  }

  /// The reply to the client as text; `nil` if the step was not refused.
  public var replyText: String? {
    exchange.reply.isEmpty
      ? nil
      : exchange.reply.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
  }

  /// Checks the filter's answer.
  ///
  /// - Parameters:
  ///   - status: The expected status.
  ///   - reply: The expected reply to the client; `nil` to accept any.
  /// - Returns: The same step.
  /// - Throws: ``UnexpectedOutcome`` if the answer is different, with the session.
  @discardableResult
  public func expect(_ status: MilterStatus, reply: String? = nil) throws(UnexpectedOutcome) -> Self
  {
    guard exchange.status == status else {
      throw UnexpectedOutcome("\(exchange.callback): \(status) was expected", steps, number, log)
    }
    guard reply == nil || reply == replyText else {
      throw UnexpectedOutcome(
        "\(exchange.callback): the reply \"\(reply ?? "")\" was expected", steps, number, log)
    }
    return self
  }
}

extension TestStep: CustomStringConvertible {
  /// The session, with this step marked.
  public var description: String { MTATranscript(steps, marking: number).description }
}
