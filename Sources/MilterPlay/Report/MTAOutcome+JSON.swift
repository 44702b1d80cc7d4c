import MilterCore
package import MilterMTA

extension MTAOutcome {
  /// Returns the outcome for scripts: a JSON object on one line.
  ///
  /// Texts are UTF-8; other bytes are written as `\x80`. The members have the names of the properties that they
  /// represent. `result` has the message's header and the size of its body; ``MTAOutcome/result`` has the whole
  /// message.
  ///
  /// - Parameters:
  ///   - name: The name of the message.
  ///   - differences: The differences of the second time, for the member with this name; `nil` if the message
  ///     was played once.
  /// - Returns: The object.
  package func json(_ name: String, differences: [String]? = nil) -> String {
    let failure = failure.map { failure in
      JSONValue.object([
        ("code", .string("\(failure.code)")), ("message", .string(failure.message)),
      ])
    }
    let negotiated = negotiated.map { negotiated in
      JSONValue.object([
        ("version", .number(Int(negotiated.options.version))),
        ("actions", Self.flags(negotiated.options.actions)),
        ("steps", Self.flags(negotiated.options.steps)),
      ])
    }
    let second = differences.map { [("differences", JSONValue.array($0.map(JSONValue.string)))] }
    let members: [(String, JSONValue)] = [
      ("message", .string(name)),
      ("verdict", .string(verdict.rawValue)),
      ("callback", callback.map { .string("\($0)") } ?? .null),
      ("reply", .texts(reply)),
      ("disconnects", .bool(disconnects)),
      ("failure", failure ?? .null),
      ("quarantineReason", quarantineReason.map(JSONValue.text) ?? .null),
      ("sender", Self.path(original.envelope.sender, [])),
      ("recipients", .array(recipients.map(Self.recipient))),
      ("actions", .array(actions.map(Self.action))),
      ("result", verdict.isDelivered ? resultObject : .null),
      ("progressReplies", .number(progressReplies)),
      ("warnings", .array(warnings.map(JSONValue.string))),
      ("negotiated", negotiated ?? .null),
    ]
    return JSONValue.object(members + (second ?? [])).description
  }

  private var resultObject: JSONValue {
    .object([
      ("sender", Self.path(result.envelope.sender, [])),
      ("recipients", .array(result.envelope.recipients.map { Self.path($0, []) })),
      (
        "headers",
        .array(
          result.message.headers.map {
            .object([("name", .text($0.name)), ("value", .text($0.value))])
          })
      ),
      ("bodySize", .number(result.message.body.count)),
      ("bodyIsReplaced", .bool(result.message.body != original.message.body)),
    ])
  }

  private static func recipient(_ recipient: Recipient) -> JSONValue {
    path(
      recipient.path,
      [("verdict", .string(recipient.verdict.rawValue)), ("reply", .texts(recipient.reply))])
  }

  private static func path(
    _ path: MTAEnvelope.Path, _ more: [(String, JSONValue)]
  ) -> JSONValue {
    .object([("address", .text(path.address)), ("arguments", .texts(path.arguments))] + more)
  }

  private static func flags(_ flags: some CustomStringConvertible) -> JSONValue {
    let text = "\(flags)"
    return .array(
      text == "none" ? [] : text.split(separator: ", ").map { .string(String($0)) })
  }

  private static func action(_ action: FilterReply) -> JSONValue {
    let members: [(String, JSONValue)] =
      switch action {
      case .addheader(let name, let value): [("name", .text(name)), ("value", .text(value))]
      case .insheader(let index, let name, let value), .chgheader(let index, let name, let value):
        [("index", .number(Int(index))), ("name", .text(name)), ("value", .text(value))]
      case .chgfrom(let address, let arguments), .addrcptPar(let address, let arguments):
        [("address", .text(address)), ("arguments", arguments.map(JSONValue.text) ?? .null)]
      case .addrcpt(let address), .delrcpt(let address): [("address", .text(address))]
      case .replacebody(let chunk): [("size", .number(chunk.count))]
      case .quarantine(let reason): [("reason", .text(reason))]
      case .replycode(let text): [("text", .text(text))]
      case .negotiate, .continue, .accept, .reject, .tempfail, .discard, .skip, .progress,
        .shutdown, .connectionFailure:
        []
      }
    return .object([("action", .string("\(action.code)"))] + members)
  }
}
